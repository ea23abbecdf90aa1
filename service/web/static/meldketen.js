// More rows, advice, copying, and where the cursor goes. Every page works without this file.
// It never changes what somebody types.
import { announceChange, wordsOf } from "./announcements.js";
(function () {
  function addRows(table) {
    const button = document.querySelector("[data-add-row]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const body = table.tBodies[0];
      const row = body.rows[body.rows.length - 1].cloneNode(true);
      const place = body.rows.length;
      for (const field of row.querySelectorAll("input, select")) {
        field.value = "";
        field.name = field.name.replace(/\.\d+\./, `.${place}.`);
        field.id = field.id.replace(/-\d+-/, `-${place}-`);
        field.removeAttribute("aria-invalid");
        field.removeAttribute("aria-describedby");
        field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+/, place + 1));
      }
      row.querySelectorAll(".fault").forEach((fault) => fault.remove());
      row.querySelectorAll(".wrong").forEach((cell) => cell.classList.remove("wrong"));
      body.append(row);
      row.querySelector("input").focus();
    });
  }

  // The advice beside the questions is renewed. A hidden field keeps what was typed in it.
  function advise(form) {
    let waiting = 0;
    let asked = 0;
    for (const button of form.querySelectorAll("[data-no-script]")) button.hidden = true;
    const hang = () => {
      for (const one of form.querySelectorAll("[data-hangs-on]")) {
        const chosen = form.querySelector(`[name="${one.dataset.hangsOn}"][value="${one.dataset.value}"]`);
        one.hidden = !(chosen && chosen.checked);
      }
    };
    async function ask() {
      const mine = ++asked;
      const headers = { Accept: "application/json" };
      const options = { method: "POST", body: new FormData(form), headers, redirect: "error" };
      try {
        const answer = await fetch(form.dataset.advise, options);
        if (answer.ok && mine === asked) show(await answer.json());
      } catch (error) {
        // Without a connection the advice stays as it was; saving the form shows the new one.
      }
    }
    function show(answer) {
      for (const [name, html] of Object.entries(answer.fragments)) {
        const place = document.querySelector(`[data-fragment="${name}"]`);
        if (!place || place.innerHTML === html) continue;
        const before = wordsOf(place);
        place.innerHTML = html;
        announceChange(name, place, before);
      }
      for (const one of form.querySelectorAll("[data-question]")) {
        if (!one.contains(document.activeElement)) one.hidden = !answer.asked.includes(one.dataset.question);
      }
      const departure = form.querySelector("[data-departure]");
      if (departure) departure.hidden = !answer.departs && !departure.querySelector("textarea").value;
    }
    form.addEventListener("input", () => {
      hang();
      clearTimeout(waiting);
      waiting = setTimeout(ask, 250);
    });
    hang();
  }

  function append(button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const to = document.querySelector(button.dataset.to);
      const added = document.querySelector(button.dataset.append).textContent.trim();
      to.value = [to.value.trim(), added].filter(Boolean).join("\n\n");
      to.focus();
    });
  }

  // One press copies a text, and the page then says that it was copied.
  function copy(button) {
    const said = button.parentElement.querySelector("[data-copied]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      const lines = [...document.querySelectorAll(button.dataset.copy)].map((line) => line.textContent.trim());
      try {
        await navigator.clipboard.writeText(lines.join("\n"));
        said.textContent = said.dataset.copied;
      } catch (error) {
        said.textContent = said.dataset.notCopied;
      }
    });
  }

  // What is ticked is sent in the order of ticking: each tick that was set last comes last.
  function inOrder(list) {
    const boxes = [...list.querySelectorAll("input[type=checkbox]")];
    const sentFor = (box) =>
      [...list.querySelectorAll("input[type=hidden]")].find((other) => other.value === box.value);
    const keep = (box) => {
      const sent = sentFor(box);
      if (sent) sent.remove();
      if (!box.checked) return;
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: box.dataset.name, value: box.value });
      list.append(input);
    };
    for (const box of boxes) {
      box.dataset.name = box.name;
      box.removeAttribute("name");
      box.addEventListener("change", () => keep(box));
    }
    // A box that was ticked before this script had arrived, or that the browser ticked again, comes in here.
    const keepMissed = () => boxes.filter((box) => box.checked !== Boolean(sentFor(box))).forEach(keep);
    keepMissed();
    window.addEventListener("pageshow", keepMissed);
  }

  // A link to a field opens what hides the field, shows its name and fault above it, and puts the cursor in it.
  const FIELD = "input:not([type=hidden]), select, textarea";
  function lead(link) {
    link.addEventListener("click", (event) => {
      const target = document.getElementById(link.hash.slice(1));
      if (!target) return;
      event.preventDefault();
      const group = target.closest(".field, fieldset, td") || target;
      for (let at = group.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
      group.scrollIntoView();
      (target.matches(FIELD) ? target : group.querySelector(FIELD) || target).focus({ preventScroll: true });
    });
  }

  // The part of a page that a link led to is kept through the forms of the login, which are on the way to that page.
  function keepPart(target) {
    const name = target.matches("form") ? "action" : "href";
    target.setAttribute(name, target.getAttribute(name).replace(/#.*$/, "") + location.hash);
  }

  // What must be seen first has the cursor, also where the address leads to another part of the page.
  // Whoever was in a field before this script had arrived stays there: the next key is meant for that field.
  function seenFirst(part) {
    const at = document.activeElement;
    const isAtRest = !at || at === document.body || `#${at.id}` === location.hash;
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    if (isAtRest) part.focus();
  }

  document.querySelectorAll("[data-rows]").forEach(addRows);
  document.querySelectorAll("form[data-advise]").forEach(advise);
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  document.querySelectorAll("[data-append]").forEach(append);
  document.querySelectorAll("[data-copy]").forEach(copy);
  document.querySelectorAll("[data-in-order]").forEach(inOrder);
  document.querySelectorAll("a[href^='#f-'], a[href^='#q-']").forEach(lead);
  if (location.hash && document.querySelector("[data-keeps-part]")) {
    document.querySelectorAll("[data-keeps-part] form[action*='next='], a[data-keeps-part]").forEach(keepPart);
  }
  const first = document.querySelector("[data-focus]");
  if (first) seenFirst(first);
})();
