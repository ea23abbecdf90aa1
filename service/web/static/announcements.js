// What a screen reader hears of changes that come by themselves: one sentence for each change that matters, the newest
// of each kind, and at most once in 30 seconds. Nothing else on a page may be a live region that changes by itself.
const QUIET = 30500; // A little more than 30 seconds, because a timer may be early.
const waiting = new Map();
const said = new Map();
let saidAt = -QUIET;
let timer = 0;

// Has this sentence read. `about`: its kind, such as "sums"; a sentence that waits is replaced by a newer one.
export function announce(about, words) {
  const sentence = words.replace(/\s+/g, " ").trim();
  if (!sentence || sentence === said.get(about)) waiting.delete(about);
  else waiting.set(about, sentence);
  if (waiting.size && !timer) timer = setTimeout(say, Math.max(0, saidAt + QUIET - performance.now()));
}

function say() {
  timer = 0;
  if (!waiting.size) return;
  document.querySelector("[data-announcer]").textContent = [...waiting.values()].join(" ");
  for (const [about, sentence] of waiting) said.set(about, sentence);
  waiting.clear();
  saidAt = performance.now();
}

// Has the words of this part read where they changed. `before`: its words until now.
export const wordsOf = (part) => {
  const words = part.matches("[data-announces]") ? part : part.querySelector("[data-announces]");
  return words ? words.textContent.replace(/\s+/g, " ").trim() : "";
};
export function announceChange(about, part, before) {
  const words = wordsOf(part);
  if (words !== before) announce(about, words);
}
