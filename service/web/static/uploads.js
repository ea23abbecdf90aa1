// A file is sent with a bar that shows how far it is. Without this file the form is sent as any other.
// A form that has more in it (data-upload="part") shows the bar for its button with data-sends-file alone.
import { announce } from "./announcements.js";
(function () {
  function follow(form) {
    const place = form.querySelector("[data-progress]");
    const bar = place.querySelector("progress");
    const input = form.querySelector("input[type=file]");
    const most = Number(form.dataset.mostMb) * 1024 * 1024;
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

    // The server would refuse it after all of it was sent. Nobody waits for that: its sender reads the limit at once.
    function isTooLarge() {
      const isLarge = [...input.files].some((file) => file.size > most);
      const wasLarge = said.textContent === form.dataset.tooLarge;
      if (isLarge) {
        place.hidden = false;
        input.setAttribute("aria-invalid", "true");
        end(form.dataset.tooLarge);
      } else if (wasLarge) {
        place.hidden = true;
        input.removeAttribute("aria-invalid");
        say("");
      }
      return isLarge;
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
      else if (request.status === 413) end(form.dataset.tooLarge);
      else if (isPart && request.status < 500) sendPlain();
      else if (request.status === 422) show(request);
      else end(form.dataset.failed);
    }

    input.addEventListener("change", isTooLarge);
    form.addEventListener("submit", (event) => {
      if (isTooLarge()) {
        event.preventDefault();
        input.focus();
        return;
      }
      if (isPlain || (isPart && event.submitter !== button)) return;
      if (!input.files.length) return;
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
