// Countdowns, and parts of a page that ask for their news by themselves. Every page works without this file.
import { answerOf } from "./asking.js";
import { announce, announceChange, wordsOf } from "./announcements.js";
import { ask, hasJumped, inWords, now, told } from "./clock.js";
(function () {
  const MINUTE = 60000;
  const words = (pattern, values) =>
    pattern.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

  const IN_DAYS = 72 * 60 * MINUTE; // Above this, lateness is told in whole days.

  // The patterns of a time stand in the time itself, or once around a whole list of them. A time that is over is read.
  async function countDown() {
    if (hasJumped()) await ask();
    for (const time of document.querySelectorAll("time[data-until]")) {
      const left = new Date(time.dateTime) - now();
      const minutes = Math.floor(Math.abs(left) / MINUTE);
      const hours = Math.floor(minutes / 60);
      const values = { h: hours, m: String(minutes % 60).padStart(2, "0"), d: Math.floor(hours / 24) };
      const patterns = time.closest("[data-left]").dataset;
      const late = -left > IN_DAYS ? patterns.lateDays : patterns.late;
      const shown = words(left > 0 ? patterns.left : late, values);
      if (time.textContent !== shown) time.textContent = shown;
      if (left <= 0 && !time.classList.contains("late-text")) {
        const { passed } = document.querySelector("[data-announcer]").dataset;
        announce("term", words(passed, { moment: inWords(new Date(time.dateTime)) }));
      }
      time.classList.toggle("late-text", left <= 0);
    }
  }

  // A part of a page with data-live="address" is asked for again every three seconds, or every
  // data-every seconds. Its answer is JSON, and each of
  // these may be left out: shown (words for [data-sum]), sums (widths for [data-bar], and with data-stand-key what the
  // page stands on), stand (another one than data-stand shows [data-stale]), fragments (HTML for [data-fragment]), rows
  // (for each row of [data-list] its version in data-was, or its HTML when the page has no such row), tiles (a letter
  // for each tile), version (sent back with the next look, like the versions of the rows, so that the answer holds only
  // what changed).
  function fill(part, answer) {
    for (const place of part.querySelectorAll("[data-sum]")) {
      const value = answer.shown && answer.shown[place.dataset.sum];
      if (value !== undefined && place.textContent !== value) place.textContent = value;
    }
    for (const bar of answer.sums ? part.querySelectorAll("[data-bar]") : []) {
      let x = 0;
      bar.setAttribute("viewBox", `0 0 ${Math.max(answer.sums.total, 1)} 10`);
      for (const piece of bar.children) {
        const width = answer.sums[piece.dataset.part] || 0;
        piece.setAttribute("x", x);
        piece.setAttribute("width", width);
        x += width;
      }
    }
    const said = part.querySelector("[data-said]");
    if (said && answer.sums) {
      const sentence = words(said.dataset.said, answer.shown);
      if (said.textContent !== sentence) announce("sums", said.textContent = sentence);
    }
    let isWhole = true;
    for (const [name, html] of Object.entries(answer.fragments || {})) {
      isWhole = put(part, `[data-fragment="${name}"]`, html) && isWhole;
    }
    if (answer.version && isWhole) part.dataset.version = answer.version;
    if (answer.rows) list(part.querySelector("[data-list]"), answer.rows);
    const stand = part.dataset.standKey ? answer.sums && answer.sums[part.dataset.standKey] : answer.stand;
    const stale = part.querySelector("[data-stale]");
    const moved = stand !== undefined && String(stand) !== part.dataset.stand;
    // What has data-renews waits for a machine or a colleague: it shows what came, unless somebody has typed meanwhile.
    // Loading the page anew would end what the reader has just pressed, so it waits for the page that comes.
    if (moved && part.hasAttribute("data-renews") && !hasTyped) { if (!isLeaving()) renew(); }
    else if (moved && stale) showStale(stale);
    else if (answer.tiles) paint(part.querySelector("[data-tiles]"), answer.tiles);
    countDown();
  }

  // Whoever stands on something with the keyboard stands on it again, and a screen reader says what comes now.
  function renew() {
    const at = document.activeElement;
    const renewed = { id: at.id, href: at.getAttribute("href"), name: at.getAttribute("name") };
    history.replaceState({ renewed }, "");
    location.reload();
  }

  function standAgain() {
    const place = history.state && history.state.renewed;
    if (!place) return;
    history.replaceState(null, "");
    const named = (tag, name, value) => value && document.querySelector(`main ${tag}[${name}="${CSS.escape(value)}"]`);
    const at = document.getElementById(place.id) || named("a", "href", place.href) || named("", "name", place.name);
    if (at) at.focus({ preventScroll: true });
    const next = document.querySelector("#next h2, #machine h2, #ended h2");
    if (next) announce("renewed", next.textContent.trim());
  }

  function showStale(stale) {
    if (stale.hidden) announce("stale", stale.textContent);
    stale.hidden = false;
  }

  // A fragment may stand outside of its part, such as the button in the head of a page.
  // What somebody stands on with the keyboard is left alone, so this returns false; a later answer replaces it.
  function put(part, place, html) {
    const fragment = part.querySelector(place) || document.querySelector(place);
    if (!fragment || fragment.sent === html) return true;
    if (fragment.contains(document.activeElement)) return false;
    const before = wordsOf(fragment);
    fragment.sent = html;
    fragment.innerHTML = html;
    announceChange(place, fragment, before);
    return true;
  }

  // A row that somebody stands on keeps its cell and its place; without a place in the new list, the list waits.
  function list(body, rows) {
    const had = new Map([...body.rows].flatMap((row) => [[row.dataset.was, row], [row.dataset.row, row]]));
    const now = rows.map((row) => had.get(row) || renewed(had, row));
    const held = [...body.rows].find((row) => row.contains(document.activeElement));
    const place = now.indexOf(held);
    if (held && place < 0) return;
    if (now.length !== body.rows.length || now.some((row, at) => row !== body.rows[at])) {
      for (const row of [...body.rows]) if (!now.includes(row)) row.remove();
      now.slice(0, Math.max(place, 0)).forEach((row) => body.insertBefore(row, held));
      body.append(...now.slice(place + 1));
    }
    body.closest(".scroll").hidden = !now.length;
  }

  // The row with this HTML: that of the same client with new cells, when the list has it.
  function renewed(had, html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const row = template.content.firstElementChild;
    const old = had.get(row.dataset.row);
    if (!old) return row;
    let isWhole = true;
    for (const [at, cell] of [...row.cells].entries()) {
      if (old.cells[at].innerHTML === cell.innerHTML) continue;
      if (old.cells[at].contains(document.activeElement)) isWhole = false;
      else old.cells[at].innerHTML = cell.innerHTML;
    }
    if (isWhole) old.dataset.was = row.dataset.was;
    return old;
  }

  function paint(tiles, letters) {
    const names = JSON.parse(tiles.dataset.tiles);
    for (let at = 0; at < letters.length; at++) {
      const [css] = names[letters[at]];
      const tile = tiles.children[at];
      if (tile && tile.dataset.shown !== css) tile.className = tile.dataset.shown = css;
    }
  }

  async function look(part) {
    if (document.hidden || part.isLooking) return;
    part.isLooking = true;
    const { version } = part.dataset;
    const rows = [...part.querySelectorAll("[data-was]")].map((row) => row.dataset.was).join("");
    const address = new URL(part.dataset.live, location.href);
    for (const [name, value] of Object.entries({ version, rows })) if (value) address.searchParams.set(name, value);
    let why = "connection";
    try {
      const answer = await answerOf(address, { headers: { Accept: "application/json" } });
      told(answer);
      why = answer.type === "opaqueredirect" || answer.status === 401 ? "login" : "server";
      if (answer.ok) {
        fill(part, await answer.json());
        return answered(part);
      }
    } catch (error) {
      // Without a connection the figures stay as they are until the next look.
    } finally {
      part.isLooking = false;
    }
    miss(part, why);
  }

  const lost = document.querySelector("[data-lost]");

  function answered(part) {
    part.misses = 0;
    part.seenAt = now();
    if (!part.isLost) return;
    part.isLost = false;
    for (const time of part.querySelectorAll("time[data-until]")) delete time.dataset.old;
    if ([...document.querySelectorAll("[data-live]")].some((other) => other.isLost)) return;
    lost.hidden = true;
    announce("lost", lost.dataset.resumed);
  }

  // After two misses the page says that it stopped, why, and since when its figures stand. Its countdowns go on by the
  // clock, and are marked as old. The page keeps asking, so it is well again by itself.
  function miss(part, why) {
    part.misses = (part.misses || 0) + 1;
    if (part.misses < 2) return;
    part.isLost = true;
    const text = words(lost.dataset[why], { moment: inWords(part.seenAt || loadedAt) });
    const place = lost.querySelector("[data-words]");
    if (place.textContent !== text || lost.hidden) announce("lost", text);
    place.textContent = text;
    lost.querySelector("[data-log-in]").hidden = why !== "login";
    lost.hidden = false;
    for (const time of part.querySelectorAll("time[data-until]")) time.dataset.old = part.dataset.old || "";
  }

  // Tiles are one stop for the keyboard: arrows go from one to the next, Enter opens the client in the list.
  function tileKeys(tiles) {
    const said = document.querySelector("[data-tile]");
    const all = tiles.children;
    let at = -1;
    const states = new Map(Object.values(JSON.parse(tiles.dataset.tiles)));
    const wordsOf = (tile) => `${tile.title}: ${states.get(tile.className)}`;
    const open = (tile) => { location.href = words(tiles.dataset.to, { name: encodeURIComponent(tile.title) }); };
    function go(to) {
      if (at >= 0) for (const name of ["id", "role", "aria-label", "aria-selected"]) all[at].removeAttribute(name);
      at = Math.min(Math.max(to, 0), all.length - 1);
      const tile = all[at];
      tile.id = "tile";
      tile.setAttribute("role", "option");
      tile.setAttribute("aria-label", wordsOf(tile));
      tile.setAttribute("aria-selected", "true");
      tiles.setAttribute("aria-activedescendant", "tile");
      said.textContent = wordsOf(tile);
      tile.scrollIntoView({ block: "nearest" });
    }
    const perRow = () => [...all].findIndex((tile) => tile.offsetTop > all[0].offsetTop);
    const steps = {
      ArrowRight: () => at + 1, ArrowLeft: () => at - 1, ArrowDown: () => at + perRow(), ArrowUp: () => at - perRow(),
      Home: () => 0, End: () => all.length - 1,
    };
    tiles.tabIndex = 0;
    tiles.setAttribute("role", "listbox");
    tiles.addEventListener("focus", () => go(Math.max(at, 0)));
    tiles.addEventListener("blur", () => { if (at >= 0) all[at].removeAttribute("id"); });
    tiles.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && at >= 0) return open(all[at]);
      if (!steps[event.key]) return;
      event.preventDefault();
      go(steps[event.key]());
    });
    tiles.addEventListener("click", (event) => { if (event.target !== tiles) open(event.target); });
    tiles.addEventListener("mouseover", (event) => {
      if (event.target !== tiles) said.textContent = wordsOf(event.target);
    });
  }

  // A file that is fetched leaves the page where it is, so a page that stays for 30 seconds is not left.
  const LEAVES = 30000;
  let leftAt = -LEAVES;
  const isLeaving = () => performance.now() - leftAt < LEAVES;
  window.addEventListener("beforeunload", () => { leftAt = performance.now(); });
  window.addEventListener("pageshow", () => { leftAt = -LEAVES; });
  let hasTyped = false;
  document.addEventListener("input", () => { hasTyped = true; });
  const loadedAt = now();
  countDown();
  standAgain();
  setInterval(countDown, MINUTE / 4);
  for (const part of document.querySelectorAll("[data-live]")) {
    setInterval(look, (part.dataset.every || 3) * 1000, part);
  }
  document.addEventListener("visibilitychange", () => {
    countDown();
    document.querySelectorAll("[data-live]").forEach(look);
  });
  document.querySelectorAll("[data-tiles]").forEach(tileKeys);
})();
