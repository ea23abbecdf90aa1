// A long form keeps what is typed as a draft: two seconds after the last key, and at once when the page is left.
// Every page works without this file: a button keeps the draft too.
import { announce } from "./announcements.js";
(function () {
  const QUIET = 2000;
  const LONGEST = 10000;
  const LIMIT = 30000; // A save that the server does not answer in this time counts as failed, and is tried again.
  const LARGE = 60000; // A browser sends at most 64 KiB of a page that is being left.
  const SLOWER = 10000; // A form larger than that is saved this long after the last key.

  function keep(mark) {
    const form = mark.form;
    const fields = (name) => form.elements[name];
    const said = form.querySelector("[data-draft-said]");
    const beside = form.querySelector("[data-draft-beside]");
    let waiting = 0;
    let changed = mark.hasAttribute("data-unsaved"); // A form that came back may hold more than its draft.
    let since = 0;
    let saving = null;
    let sent = false;
    let again = QUIET;
    let size = 0;

    function body() {
      const typed = new URLSearchParams();
      for (const [name, value] of new FormData(form)) {
        const secret = fields(name).type === "password";
        if (typeof value === "string" && !secret) typed.append(name, value);
      }
      return typed;
    }

    function say(words, isBad) {
      if (!said) return;
      said.textContent = words;
      said.classList.toggle("late-text", isBad);
      if (isBad) announce("draft", words);
    }

    function show(answer, isBad) {
      if (answer.draft_id) {
        mark.value = answer.draft_id;
        fields("draft_number").value = answer.draft_number;
      }
      if (answer.beside && beside) {
        beside.querySelector("[data-words]").textContent = beside.dataset.draftBeside;
        beside.querySelector("a").href = answer.beside;
        beside.hidden = false;
        announce("draft-beside", beside.dataset.draftBeside);
      }
      say(answer.words, isBad);
    }

    async function save(isLeaving) {
      clearTimeout(waiting);
      if (!changed || sent || (saving && !isLeaving)) return;
      if (saving) saving.abort(); // What is newer is sent, so the older save must not arrive after it.
      const typed = body();
      size = String(typed).length;
      changed = false;
      since = 0;
      const mine = saving = new AbortController();
      const limit = setTimeout(() => mine.abort(), LIMIT);
      const options = {
        method: "POST", body: typed, headers: { Accept: "application/json" }, redirect: "manual",
        keepalive: isLeaving && size < LARGE, signal: isLeaving ? undefined : mine.signal,
      };
      try {
        const answer = await fetch(mark.dataset.save, options);
        if (answer.ok || answer.status === 409) {
          show(await answer.json(), !answer.ok);
          again = QUIET;
        } else if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
          say(said ? said.dataset.over : "", true);
        } else {
          retry();
        }
      } catch (error) {
        if (!sent && saving === mine) retry();
      } finally {
        clearTimeout(limit);
        if (saving === mine) {
          saving = null;
          if (changed) wait();
        }
      }
    }

    // Without a connection what was typed stays on the page, and is saved when the server answers again.
    function retry() {
      changed = true;
      again = Math.min(again * 2, 60000);
      say(said ? said.dataset.failed : "", true);
    }

    function wait() {
      if (!since) since = Date.now();
      clearTimeout(waiting);
      const pause = Math.max(again, size > LARGE ? SLOWER : 0);
      waiting = setTimeout(save, Math.max(0, Math.min(pause, since + Math.max(LONGEST, pause) - Date.now())), false);
    }

    function typed(event) {
      if (event.target.type === "file" || event.target.type === "password") return;
      // Pasted text may hold a NUL, which nobody sees and no server takes.
      if (event.target.value.includes("\0")) event.target.value = event.target.value.replaceAll("\0", "");
      changed = true;
      wait();
    }

    form.addEventListener("input", typed);
    form.addEventListener("change", typed);
    form.addEventListener("submit", () => {
      sent = true;
      clearTimeout(waiting);
      if (saving) saving.abort();
    });
    window.addEventListener("pagehide", () => save(true));
    document.addEventListener("visibilitychange", () => { if (document.hidden) save(size < LARGE); });
    window.addEventListener("pageshow", () => { sent = false; });
    if (changed) save(false);
  }

  document.querySelectorAll("input[data-save]").forEach(keep);
})();
