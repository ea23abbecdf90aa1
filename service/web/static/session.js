// A warning five minutes before a login ends. Escape or its button prolongs the login. Nothing takes the focus.
"use strict";
(function () {
  const WARNING = 5 * 60000;
  const LOOK = 5000;
  const ASK = 30000;
  const box = document.querySelector(".session-end");
  const said = box.querySelector("[role=alert]");
  const form = box.querySelector("form");
  const button = form.querySelector("button");
  let endsAt = Date.now() + Number(box.dataset.inS) * 1000;
  let askedAt = 0;
  let closed = "";
  let state = "";

  // What the server answers is shown, so a page that slept, or another tab that stayed, is told rightly.
  function show(end) {
    endsAt = Date.now() + end.in_s * 1000;
    if (endsAt - Date.now() > WARNING) return change("", "");
    const kind = end.can_stay ? "soon" : "last";
    change(kind, box.dataset[kind].replace("{moment}", end.at));
  }

  function change(kind, words) {
    state = kind;
    if (said.textContent !== words) said.textContent = words;
    button.textContent = kind === "soon" ? button.dataset.stay : button.dataset.close;
    box.hidden = kind === "" || kind === closed;
  }

  async function ask(options) {
    askedAt = Date.now();
    try {
      const where = options.method ? form.action : box.dataset.ask;
      const answer = await fetch(where, { ...options, redirect: "manual" });
      if (answer.ok) show(await answer.json());
      else if (answer.type === "opaqueredirect" || answer.status < 500) change("over", box.dataset.over);
    } catch (error) {
      // Without a connection nobody knows whether the login ended. The page asks again.
    }
  }

  function look() {
    const left = endsAt - Date.now();
    if (document.hidden || left > WARNING || state === "over" || Date.now() - askedAt < ASK) return;
    ask({ headers: { Accept: "application/json" } });
  }

  function stay() {
    const kind = state;
    if (kind === "soon") {
      const headers = { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value };
      ask({ method: "POST", headers });
    } else {
      closed = kind;
      box.hidden = true;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    stay();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !box.hidden) stay();
  });
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pageshow", look);
  setInterval(look, LOOK);
})();
