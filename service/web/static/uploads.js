// A file is sent with a bar that shows how far it is. Without this file the form is sent as any other.
// A form that has more in it (data-upload="part") shows the bar for its button with data-sends-file alone.
import { announce } from "./announcements.js";
(function () {
  function follow(form) {
    const place = form.querySelector("[data-progress]");
    const bar = place.querySelector("progress");
    const said = place.querySelector("[data-upload-said]");
    const isPart = form.dataset.upload === "part";
    const button = form.querySelector(isPart ? "[data-sends-file]" : "button:not([type])");
    const address = button.hasAttribute("formaction") ? button.formAction : form.action;
    let isPlain = false;

    function say(words) {
      said.textContent = words;
      announce("upload", words);
    }

    function end(words) {
      button.disabled = false;
      bar.hidden = true;
      say(words);
    }

    // The page that came back with a fault takes the place of this one, with the cursor where it must be seen first.
    function show(request) {
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      document.title = answer.title;
      document.getElementById("main").replaceWith(document.adoptNode(answer.getElementById("main")));
      history.pushState(null, "", request.responseURL);
      document.querySelectorAll("form[data-upload]").forEach(follow);
      const first = document.querySelector("[data-focus]");
      if (first) first.focus();
    }

    // The other parts of the form have scripts of their own, so its page is loaded as any other: it is sent once more.
    function sendPlain() {
      isPlain = true;
      button.disabled = false;
      form.requestSubmit(button);
    }

    function done(request) {
      const at = new URL(request.responseURL);
      if (at.pathname !== new URL(address).pathname) location.assign(at);
      else if (isPart && request.status < 500) sendPlain();
      else if (request.status === 422) show(request);
      else end(form.dataset.failed);
    }

    form.addEventListener("submit", (event) => {
      if (isPlain || (isPart && event.submitter !== button)) return;
      if (!form.querySelector("input[type=file]").files.length) return;
      event.preventDefault();
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (sent) => {
        const part = Math.floor((sent.loaded / sent.total) * 100);
        bar.value = part;
        if (part < 100) say(form.dataset.sending.replace("{part}", part));
      });
      request.upload.addEventListener("load", () => {
        bar.removeAttribute("value");
        say(form.dataset.reading);
      });
      request.addEventListener("load", () => done(request));
      request.addEventListener("error", () => end(form.dataset.failed));
      bar.hidden = place.hidden = false;
      button.disabled = true;
      request.open("POST", address);
      request.send(new FormData(form));
    });
  }

  document.querySelectorAll("form[data-upload]").forEach(follow);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of document.querySelectorAll("form[data-upload] button")) button.disabled = false;
  });
})();
