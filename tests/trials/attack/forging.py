"""Sends forms without their token or with another's, wrong methods and content types, and everything that must fail."""

import random
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from tests.trials.attack import payloads
from tests.trials.attack.judging import BLIND, EVIL_HOST
from tests.trials.attack.requests import Answer, Request, json_body
from tests.trials.attack.routes import FORM, Route
from tests.trials.attack.visitors import FORGED, Visitor
from tests.trials.attack.walking import TYPED, Aim, Walk

T = TypeVar("T")
REFUSED_FORM = frozenset({400, 404, 405})
GUESSES = 4
RAW = (
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nContent-Length: 20\r\n\r\n{}",
    b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"ZZ\r\n",
    b"GET /login HTTP/1.1\r\nHost: a\r\nHost: b\r\nX: y\x00z\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http://evil.example/login HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /login\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
)  # fmt: skip


def forge(walk: Walk, owner: Visitor, colleague: Visitor, some: int | None) -> None:
    """Send all of it as the owner of one organisation; `some` is how many of each kind the short run sends."""
    before = walk.ledger.rows()
    for route in walk.routes:
        if route.is_page and route.method == "POST":
            _without_token(walk, route, owner, colleague)
        elif route.is_api and route.method != "GET" and not route.is_public:
            _by_cookie(walk, route, owner)
    for route in drawn(walk.chance, walk.routes, some and 6 * some):
        _wrong_methods(walk, route, owner, some)
    for route in drawn(walk.chance, [other for other in walk.routes if other.method != "GET"], some and 8 * some):
        _bad_content(walk, route, owner, some)
    for route in walk.routes:
        _empty_questions(walk, route, owner)
    for route in drawn(walk.chance, [other for other in walk.routes if other.method == "GET"], some and 6 * some):
        _bad_questions(walk, route, owner, some)
    for target in payloads.PATHS:
        asked = Request("GET", target, owner.headers(target.startswith("/api")), who=owner.name, tries="path")
        _look(walk, asked, target[:60], None, owner)
    _guess_logins(walk, owner)
    _raw(walk)
    walk.compare(before, walk.ledger.rows(), owner.letter, [owner])


def drawn(chance: random.Random, all_of: Sequence[T], some: int | None) -> list[T]:
    """Return this many of them at random, or all."""
    return list(all_of) if some is None or some >= len(all_of) else chance.sample(list(all_of), some)


def _without_token(walk: Walk, route: Route, owner: Visitor, colleague: Visitor) -> None:
    """Send forms with no token, a made-up one, a colleague's, one in the address, and with a body that is no form."""
    aim = walk.own_aim(owner.letter)
    fair = walk.request(owner, route, aim)
    for tries, token in (("no token", None), ("made up", "IjEi.x.y"), ("a colleague's", colleague.csrf)):
        typed = dict.fromkeys(route.fields.keys() - {"csrf_token"}, TYPED) | ({"csrf_token": token} if token else {})
        _refuses(walk, route, owner, replace(fair, body=urlencode(typed).encode(), tries=tries))
    with_it = f"{fair.target}?csrf_token={owner.csrf}"
    _refuses(walk, route, owner, replace(fair, target=with_it, body=b"", tries="in the address"))
    bare = tuple(pair for pair in fair.headers if pair[0] != "Content-Type")
    as_json = replace(fair, headers=(*bare, ("Content-Type", "text/plain"), ("Origin", f"https://{EVIL_HOST}")))
    _refuses(walk, route, owner, replace(as_json, body=json_body({"csrf_token": owner.csrf}), tries="as plain text"))


def _refuses(walk: Walk, route: Route, owner: Visitor, request: Request) -> None:
    answer = _look(walk, request, route.rule, None, owner)
    if answer.status not in REFUSED_FORM:
        walk.judge.count("csrf_accepted", f"{answer.status} at {route.rule}, {request.tries}", request)


def _by_cookie(walk: Walk, route: Route, owner: Visitor) -> None:
    """Send API requests with a browser's cookie. A browser sends it from any site, so the API must not accept it."""
    fair = walk.request(owner, route, walk.own_aim(owner.letter))
    kept = tuple(pair for pair in fair.headers if pair[0] != "Authorization")
    by_cookie = replace(fair, headers=(*kept, *owner.headers(False)), tries="by cookie")
    answer = _look(walk, by_cookie, route.rule, route.doc)
    if answer.status != 401:
        walk.judge.count("csrf_accepted", f"{answer.status} at {route.rule} by a cookie", fair)


def _wrong_methods(walk: Walk, route: Route, owner: Visitor, some: int | None) -> None:
    known = {other.method for other in walk.routes if other.rule == route.rule} | {"OPTIONS"}
    known |= {"HEAD"} if "GET" in known else set()
    fair = walk.request(owner, replace(route, method="GET"), walk.own_aim(owner.letter))
    for method in drawn(walk.chance, [verb for verb in payloads.METHODS if verb not in known], some):
        answer = _look(walk, replace(fair, method=method, tries="method"), route.rule, None, owner)
        if answer.status < 400:
            walk.judge.count("undocumented", f"{answer.status} at {method} {route.rule}", fair)
    for tries, headers in drawn(walk.chance, list(payloads.HEADERS.items()), some):
        kept = fair.headers if not {"Authorization", "Cookie"} & {name for name, _ in headers} else ()
        _look(walk, replace(fair, headers=(*kept, *headers), tries=tries), route.rule, None, owner)


def _bad_content(walk: Walk, route: Route, owner: Visitor, some: int | None) -> None:
    """Fill every field with each word that must have no effect; then send bodies that cannot be read."""
    aim = walk.own_aim(owner.letter)
    for tries, word in drawn(walk.chance, list(payloads.WORDS.items()), some and 2 * some):
        _look(walk, replace(walk.request(owner, route, aim, word), tries=tries), route.rule, route.doc, owner)
        if "<name>" in route.rule or "<token>" in route.rule or "<step>" in route.rule:
            fair = walk.request(owner, route, aim)
            target = route.at(aim.slug, aim.ids, walk.chance, word[:2000])
            _look(walk, replace(fair, target=target, tries=tries), route.rule, route.doc, owner)
    for tries, (kind, body) in drawn(walk.chance, list(payloads.BODIES.items()), some and 2 * some):
        fair = walk.request(owner, route, aim)
        headers = (*(pair for pair in fair.headers if pair[0] != "Content-Type"), ("Content-Type", kind))
        headers += (("X-CSRFToken", owner.csrf),) if route.is_page else ()
        _look(walk, replace(fair, headers=headers, body=body, tries=tries), route.rule, route.doc, owner)


def _empty_questions(walk: Walk, route: Route, owner: Visitor) -> None:
    """Leave each query parameter of the specification empty once, in each way that a person does not see."""
    aim = walk.own_aim(owner.letter)
    names = [parameter["name"] for parameter in (route.doc or {}).get("parameters", []) if parameter["in"] == "query"]
    for name in names:
        for word in payloads.EMPTY:
            asked = Aim("empty", aim.slug, aim.ids, f"?{urlencode({name: word})}")
            _look(walk, walk.request(owner, route, asked), route.rule, route.doc, owner)


def _bad_questions(walk: Walk, route: Route, owner: Visitor, some: int | None) -> None:
    aim = walk.own_aim(owner.letter)
    for query in drawn(walk.chance, payloads.QUERIES, some and 2 * some):
        asked = Aim("query", aim.slug, aim.ids, f"?{quote(query, '%=&?')}")
        _look(walk, walk.request(owner, route, asked), route.rule, route.doc, owner)
    for tries, word in drawn(walk.chance, list(payloads.WORDS.items()), some):
        slug = quote(word[:2000], safe="")
        for where in {route.at(slug, aim.ids, walk.chance), route.at(aim.slug, aim.ids, walk.chance, word[:2000])}:
            request = Request("GET", where, owner.headers(route.is_api), None, owner.name, tries)
            _look(walk, request, route.rule, None, owner)
        query = urlencode(dict.fromkeys(("code", "after", "limit", "next", "state", "q"), word[:2000]))
        request = walk.request(owner, route, Aim(tries, aim.slug, aim.ids, f"?{query}"))
        _look(walk, request, route.rule, route.doc, owner)


def _guess_logins(walk: Walk, owner: Visitor) -> None:
    """Guess a few passwords only: the number of attempts is limited, and other tests cover that limit."""
    guessed = {"email": "iemand@nergens.example", "password": FORGED}
    for nth in range(GUESSES):
        for known in (guessed, {"email": payloads.WORDS["sql"], "password": "x"}):
            body = json_body(known | {"code": "0" * (nth + 3)})
            request = Request("POST", "/api/session", (("Content-Type", "application/json"),), body, tries="login")
            if _look(walk, request, "/api/session").status < 400:
                walk.judge.count("cross_reads", "a guessed login", request)
    typed = urlencode(guessed | {"csrf_token": owner.csrf}).encode()
    headers = (*owner.headers(False), ("Content-Type", FORM))
    _look(walk, Request("POST", "/login", headers, typed, tries="login"), "/login")


def _raw(walk: Walk) -> None:
    """Send bytes that no client would send. They may be refused or hung up on, and the next request must be answered.
    """
    address = urlsplit(walk.client.base_url)
    for request in RAW:
        walk.client.sent += 1
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as line:
            with suppress(OSError):  # it may hang up on such bytes before it has them all
                line.sendall(request)
                line.shutdown(socket.SHUT_WR)
            answer = b"".join(_until_closed(line))
        if answer.startswith(b"HTTP/1.1 5"):
            walk.judge.count("status_500", "raw bytes", (request[:80], answer[:80]))
    _look(walk, Request("GET", "/healthz", tries="still there"), "/healthz")


def _until_closed(line: socket.socket) -> Iterator[bytes]:
    try:
        while got := line.recv(65536):
            yield got
    except OSError:
        return


def _look(
    walk: Walk, request: Request, place: str, doc: dict[str, Any] | None = None, by: Visitor | None = None
) -> Answer:  # fmt: skip
    """Judge the answer by the session that the request carries: its person may read; at the API a cookie gives no
    rights."""
    answer = walk.client.send(request)
    walk.judge.look(request, answer, by.eyes if by else BLIND, doc, place)
    return answer
