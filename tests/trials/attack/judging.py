"""Judges what an answer gives away: words of others, faults, forms without a token, and what is not in the
specification."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.trials.attack.requests import Answer, Request
from tests.trials.attack.seeding import Canaries

WORD = re.compile(r"zq[0-9a-f]{12}[abcd]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
EVIL_HOST = "evil.example"
PRODUCT, PRODUCED = "{{7*7919191919}}", "55434343433"
SCRIPT = "<zq-script>"
INJECTED = "x-injected"
OF_THE_SERVER = (414, 431)
"""Statuses for lines and headers that are too long: gunicorn answers before any operation is chosen."""
ERROR = "application/problem+json"
COUNTED = (
    "cross_reads", "cross_writes", "status_500", "csrf_accepted", "undocumented", "unheard", "stopped", "forged",
)  # fmt: skip


@dataclass(frozen=True)
class Eyes:
    """Whose words a visitor may read: those of these organisations, and some words of their own."""

    readers: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()


BLIND = Eyes()


@dataclass
class Judge:
    """Counts the faults, and prints each once on stderr."""

    canaries: Canaries
    was_told: Callable[[str, frozenset[str]], bool] = lambda word, readers: False
    """Whether the owner of a word gave it to these organisations by an act of their own."""
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    _told: set[str] = field(default_factory=set)

    def count(self, what: str, why: str, about: object, once: str = "") -> None:
        """Count one more fault of this kind. The same fault at the same place is printed once."""
        self.counts[what] += 1
        if (key := f"{what} {why} {once}") not in self._told:
            self._told.add(key)
            self.say(f"{what.upper()}: {why}: {about}")

    def look(self, request: Request, answer: Answer, eyes: Eyes, doc: dict[str, Any] | None, place: str) -> None:
        """Judge one answer that this visitor received."""
        if answer.status >= 500 and not (answer.status == 503 and place.endswith("/readyz")):
            self.count("status_500", f"{answer.status} at {request.method} {place}", request, request.tries)
        self._reads(request, answer, eyes, place)
        self._strange(request, answer, place)
        if doc is not None:
            self._documented(request, answer, doc, place)

    def _reads(self, request: Request, answer: Answer, eyes: Eyes, place: str) -> None:
        text, said = answer.text.lower(), None
        for word in set(WORD.findall(text)):
            may = self.canaries.readers.get(word)
            if may is None or may & eyes.readers or word in eyes.own:
                continue
            said = request.said() if said is None else said
            if word not in said and not self.was_told(word, eyes.readers):
                self.count("cross_reads", f"{word} of {'/'.join(sorted(may))} at {request.method} {place}", request)

    def _strange(self, request: Request, answer: Answer, place: str) -> None:
        """Find parts of the answer that somebody else could write: injected or reflected input."""
        text = answer.content.decode("utf-8", "replace")
        if PRODUCED in text and PRODUCED not in request.said():
            self.count("undocumented", f"a template was filled in at {request.method} {place}", request)
        if SCRIPT in text and answer.kind == "text/html":
            self.count("undocumented", f"markup came back as markup at {request.method} {place}", request)
        if answer.header(INJECTED) or len({name for name, _ in answer.headers if INJECTED in name.lower()}):
            self.count("undocumented", f"a header was injected at {request.method} {place}", request)
        if any(_host(link) == EVIL_HOST for link in (answer.header("Location"), *_links(text, answer))):
            self.count("undocumented", f"leads to another site at {request.method} {place}", request)

    def _documented(self, request: Request, answer: Answer, doc: dict[str, Any], place: str) -> None:
        if answer.status in OF_THE_SERVER:
            return
        responses = doc["responses"]
        named = responses.get(str(answer.status))
        if named is None and answer.status >= 400:
            named = responses.get("default") and {"content": {ERROR: {}}}
        why = f"{answer.status} {answer.kind or 'without content'} at {request.method} {place}"
        if named is None:
            self.count("undocumented", why, request)
        elif answer.content and request.method != "HEAD":
            kinds = set(named.get("content", {})) or ({ERROR} if "$ref" in named else set())
            if kinds and answer.kind not in kinds:
                self.count("undocumented", why, request)


def _links(text: str, answer: Answer) -> list[str]:
    return re.findall(r'(?:href|action|src)="([^"]*)"', text) if answer.kind == "text/html" else []


def _host(link: str) -> str:
    """Return the host to which a browser would go: it reads a backslash as a slash and drops spaces in front."""
    try:
        return urlsplit(link.strip().replace("\\", "/")).hostname or ""
    except ValueError:
        return ""
