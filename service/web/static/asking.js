// What a page asks for by itself ends after ten seconds: a server that never answers counts as one that cannot be
// reached, so the page says so and asks again.
const LIMIT = 10000;

// Returns the answer as fetch does, or throws when there is none within the limit.
export async function answerOf(address, options = {}) {
  const ended = new AbortController();
  const limit = setTimeout(() => ended.abort(), LIMIT);
  try {
    return await fetch(address, { redirect: "manual", ...options, signal: ended.signal });
  } finally {
    clearTimeout(limit);
  }
}
