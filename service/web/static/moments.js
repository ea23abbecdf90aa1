// Days and times that somebody types: the page says in words which moment it understood, with the weekday, and a button
// fills in the moment of the press. The server reads what is typed, here as in the form, so both understand the same.
import { answerOf } from "./asking.js";
import { now } from "./clock.js";

const WAIT = 300;
const LANGUAGES = { nl: "-", en: "/" }; // The sign between day, month and year, by the language of the page.

// `left`: which fault is told: that of the whole part once it is left, or that of the day alone on the way to the time.
async function understand(part, left) {
  const place = part.querySelector("[data-understood]");
  const [day, time] = ["[data-day]", "[data-time]"].map((field) => part.querySelector(field));
  const typed = { day: day.value, ...(time && { time: time.value }) };
  if (!Object.values(typed).join("").trim()) return show(place, { words: "" });
  const asked = part.asked = (part.asked || 0) + 1;
  try {
    const address = `${part.dataset.moment}?${new URLSearchParams(typed)}`;
    const answer = await answerOf(address, { headers: { Accept: "application/json" } });
    if (answer.ok && asked === part.asked) show(place, await answer.json(), left);
  } catch (error) {
    // Without a connection nothing is said. The server reads the moment when the form is sent.
  }
}

// While somebody types, what cannot be read yet is not called wrong.
function show(place, answer, left) {
  const words = answer.words;
  place.textContent = words || answer[left] || "";
  place.classList.toggle("fault", !words && Boolean(place.textContent));
}

function watch(part) {
  let waiting = 0;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(understand, WAIT, part, "");
  };
  part.addEventListener("input", later);
  part.addEventListener("focusout", (event) => {
    const stays = part.contains(event.relatedTarget);
    if (!event.target.matches(stays ? "[data-day]" : "[data-day], [data-time]")) return;
    clearTimeout(waiting);
    understand(part, stays ? "day_fault" : "fault");
  });
}

// The moment of the press by the server's clock, in the Netherlands. Nothing is filled in before somebody presses.
function offerNow(button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const part = button.closest("[data-moment]");
    const zone = { timeZone: "Europe/Amsterdam", hourCycle: "h23" };
    const shape = { ...zone, day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" };
    const parts = new Intl.DateTimeFormat("en-GB", shape).formatToParts(now());
    const at = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
    const [day, time] = ["[data-day]", "[data-time]"].map((field) => part.querySelector(field));
    day.value = [at.day, at.month, at.year].join(LANGUAGES[document.documentElement.lang] || "-");
    time.value = `${at.hour}:${at.minute}`;
    for (const field of [day, time]) field.dispatchEvent(new Event("input", { bubbles: true }));
    time.focus();
  });
}

// Rows that are added later are watched too, because they are copies of one that is there.
document.addEventListener("focusin", (event) => {
  const part = event.target.closest && event.target.closest("[data-moment]");
  if (part && !part.isWatched) watch(part);
  if (part) part.isWatched = true;
});
document.querySelectorAll("[data-now]").forEach(offerNow);
