// The time of Meldketen on this page, whatever the clock of the computer says. Countdowns and "now" use it.
// The page carries the server's moment, and so does every answer that the page asks for later.
import { answerOf } from "./asking.js";

const HEADER = "Meldketen-Time";
const LOOK = 15000;
const JUMP = 5000; // The clocks of the browser and of the computer part this far: the computer slept, or was set.
const DIFFERS = 2 * 60000;
const MINUTE = 60000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const page = document.documentElement;
const zone = { timeZone: "Europe/Amsterdam", hourCycle: "h23" };
const language = page.lang === "en" ? "en-GB" : page.lang; // British, because "en" alone puts the month first.
const [arrival] = performance.getEntriesByType("navigation");
const sinceArrival = performance.now() - (arrival ? arrival.responseStart : performance.now());
let known = at(Number(page.dataset.serverMs) + sinceArrival);
let isAsked = false;

function at(server) {
  return { server, browser: performance.now(), computer: Date.now() };
}

// Returns the server's moment in milliseconds. The browser's own clock stops while the computer sleeps, and that of the
// computer may be set, so the longer one counts: nobody is shown more time than there is.
export function now() {
  return known.server + Math.max(performance.now() - known.browser, Date.now() - known.computer);
}

// Takes the server's moment from an answer that the page asked for.
export function told(answer) {
  const server = Number(answer.headers.get(HEADER));
  if (server) known = at(server);
  say();
}

const apart = () => Math.abs((Date.now() - known.computer) - (performance.now() - known.browser));

// Returns whether the clocks parted since the server last told its moment. Then the page asks before it says that a
// term has passed, because the clock of the computer may have been set forward.
export const hasJumped = () => apart() > JUMP;

export async function ask() {
  isAsked = true;
  try {
    told(await answerOf(page.dataset.clock, { cache: "no-store" }));
  } catch (error) {
    // Without a connection the clock goes on by itself. The page asks again when it jumps.
  }
}

// Returns "14:05", with the day in words when it is another day than today.
export function inWords(moment) {
  const day = (of) => new Intl.DateTimeFormat(language, { ...zone, dateStyle: "short" }).format(of);
  const time = { hour: "2-digit", minute: "2-digit" };
  const more = day(moment) === day(now()) ? {} : { weekday: "long", day: "numeric", month: "long" };
  return new Intl.DateTimeFormat(language, { ...zone, ...time, ...more }).format(moment);
}

function howLong(span, note) {
  if (span < 2 * HOUR) return `${Math.round(span / MINUTE)} ${note.minutes}`;
  if (span < 2 * DAY) return `${Math.round(span / HOUR)} ${note.hours}`;
  return `${Math.round(span / DAY)} ${note.days}`;
}

// Says calmly that the computer's clock differs, on pages where that matters, and only by a fresh answer of the server.
function say() {
  const note = document.querySelector("[data-clock-differs]");
  if (!note || !document.querySelector("time[data-until], [data-moment]")) return;
  const ahead = known.computer - known.server;
  const differs = Math.abs(ahead) >= DIFFERS;
  if (differs && !isAsked) return ask();
  const pattern = ahead > 0 ? note.dataset.ahead : note.dataset.behind;
  const words = differs ? pattern.replace("{how}", howLong(Math.abs(ahead), note.dataset)) : "";
  if (note.textContent !== words) note.textContent = words;
  note.hidden = !differs;
}

function look() {
  if (!document.hidden && hasJumped()) ask();
}

setInterval(look, LOOK);
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
window.addEventListener("online", ask);
window.addEventListener("pageshow", (event) => {
  if (event.persisted || (arrival && arrival.type === "back_forward")) ask();
});
say();
