"""The walk: every visitor goes through every route, with the ids of their own organisation and of the others."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tenants.identity.users import OWNER
from tests.trials.attack.judging import Judge
from tests.trials.attack.requests import Answer, Client, Request
from tests.trials.attack.routes import Route, guessed, ids_of, learn_fields
from tests.trials.attack.rows import Ledger, Rows, changed
from tests.trials.attack.seeding import CONTROLLERS, OFFICE, Firm
from tests.trials.attack.visitors import Gate, Visitor

TYPED = "Zo is het gegaan, zegt wie het weet"
LAST = ("log_out", "end_others", "end_other_sessions", "end_session", "end_one_session")
"""Routes after which the visitor has no session left."""
SHARED = {
    "escalation": {"other"},  # both parties change it: the office calls, the controller confirms
    # both parties change these: the office registers clients, the controller accepts, refuses and ends
    "processing_agreement": {"new", "other"}, "agreed_service": {"new", "other"}, "consent": {"new", "other"},
    "history": {"new"}, "history_head": {"other"}, "history_person": {"new"}, "history_personal": {"new"},
    "step": {"other"},  # the office's step wakes when what it waits for has come
    "invitation": {"new", "other"},  # the office mails a corrected contact a link, and ends the one to the old address
    "carried_head": {"new"},  # the end of one party's chain, as the other received it
}  # fmt: skip

ACCOUNT = {
    "history": {"new"}, "history_head": {"other"}, "history_person": {"new"}, "history_personal": {"new"},
    "mail_batch": {"new"}, "recipient": {"new"}, "refusal": {"new", "other"}, "mail_count": {"new", "other"},
}  # fmt: skip
HOUSES_OF_ONE = frozenset("cd")
"""A person has a seat in both: what an owner of one asks about that person's factor, the other is told."""
NEWS = ACCOUNT | {
    "news": {"new"}, "run": {"new", "other"}, "step": {"new", "other"}, "organisation_key": {"new"},
}  # fmt: skip


@dataclass(frozen=True)
class Aim:
    """The slug and ids that a request uses, and the words that are written in the address."""

    tries: str
    slug: str
    ids: dict[str, str]
    query: str = ""
    of: str = ""
    """Whose ids are tried, where each of the others has its turn."""

    @property
    def kind(self) -> str:
        """Return what is tried: the first word of it, and whether the office is the target."""
        return f"{self.tries.partition(' ')[0]} {self.of and self.of == OFFICE}"


@dataclass
class Walk:
    """One attack: its visitors, its routes, and its judge."""

    client: Client
    judge: Judge
    routes: list[Route]
    firms: dict[str, Firm]
    gate: Gate
    ledger: Ledger
    seed: int
    quick: bool
    chance: random.Random = field(init=False)
    kinds: dict[str, list[str]] = field(default_factory=dict)
    """The kinds of try at each route so far, with who makes it, in the order of the walk."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def tour(self, visitors: dict[str, list[Visitor]], nobodies: list[Visitor]) -> None:
        """Let the visitors without rights walk first, then each organisation's people; after each group, compare the
        rows."""
        for letter, people in {"": nobodies, **visitors}.items():
            before = self.ledger.rows()
            for visitor, route, aim in self.plan(letter, people):
                self.visit(visitor, route, aim)
            self.compare(before, self.ledger.rows(), letter, people)

    def learn_forms(self, visitor: Visitor) -> None:
        """Read the forms on the pages of each organisation's own people, so that they can be filled in."""
        firm = self.firms[visitor.letter]
        for route in [page for page in self.routes if page.method == "GET" and page.is_page]:
            for _ in range(2 if route.ids else 1):
                target = route.at(firm.slug, ids_of(firm, self.chance), self.chance)
                answer = self.client.send(Request("GET", target, visitor.headers(False), who=visitor.name))
                if answer.status == 200 and answer.kind == "text/html":
                    learn_fields(self.gate.app, self.routes, answer.content.decode())

    def visit(self, visitor: Visitor, route: Route, aim: Aim) -> Answer:
        """Go through one route and judge the answer. A visitor who lost their session gets another."""
        request = self.request(visitor, route, aim)
        answer = self.client.send(request)
        if visitor.lives and _is_out(answer) and not route.is_public:
            self.judge.look(request, answer, visitor.eyes, route.doc, route.rule)
            self.gate.renew(visitor, self.firms.get(visitor.letter))
            request = self.request(visitor, route, aim)
            answer = self.client.send(request)
        self.judge.look(request, answer, visitor.eyes, route.doc, route.rule)
        if "user_id" in route.ids and answer.status < 400 and visitor.letter:
            self.gate.reseat(self.firms[visitor.letter])
        return answer

    def request(self, visitor: Visitor, route: Route, aim: Aim, typed: str = TYPED) -> Request:
        """Return the request of this visitor at this route."""
        target = route.at(aim.slug, aim.ids, self.chance) + aim.query
        filled = route.body(aim.ids, visitor.csrf, typed)
        headers = visitor.headers(route.is_api)
        kind, body = filled if filled else ("", None)
        headers += (("Content-Type", kind),) if filled else ()
        return Request(route.method, target, headers, body, visitor.name, aim.tries)

    def own_aim(self, letter: str) -> Aim:
        """Return the visitor's own slug and ids."""
        firm = self.firms[letter]
        return Aim("own", firm.slug, ids_of(firm, self.chance))

    def compare(self, before: Rows, after: Rows, letter: str, people: list[Visitor]) -> None:
        """Count each changed row that is not of the walking organisation and that it does not share with a client or
        office."""
        for other, firm in self.firms.items():
            persons = {str(actor.id) for actor in firm.people.values()} if other != letter else set()
            persons -= {str(person.user) for person in people}
            for whose in (*persons, *({other} - {letter})):
                for table, key, became in changed(before, after, whose):
                    if not _explained(letter, firm, people, table, became):
                        why = f"{became} row in {table} of {other}, by {letter or 'nobody'}"
                        self.judge.count("cross_writes", why, key)

    def plan(self, letter: str, people: list[Visitor]) -> Iterator[tuple[Visitor, Route, Aim]]:
        """Return who tries which route with which slug and ids, for the people of one organisation."""
        routes = self.routes[:]
        self.chance.shuffle(routes)
        routes.sort(key=lambda route: route.endpoint.rpartition(".")[2] in LAST)
        for route in routes:
            for aim in self._aims(letter, route):
                if not self._has_turn(letter, route, aim):
                    continue
                for visitor in self._who(people, route, aim):
                    if visitor.in_browser or route.is_api:
                        yield visitor, route, aim

    def _who(self, people: list[Visitor], route: Route, aim: Aim) -> list[Visitor]:
        """Return every visitor; in the short run one by turns, and every other time the owner, who may do most."""
        if not self.quick:
            return people
        owners = [person for person in people if person.name.startswith(OWNER)]
        if aim.tries == "own":
            return [*owners, self.chance.choice([person for person in people if person not in owners])]
        return [self.chance.choice([self.chance.choice(people), *owners])]

    def _has_turn(self, letter: str, route: Route, aim: Aim) -> bool:
        """Return whether this client makes this try, or is its target; in the short run one client of two does.

        At each route the two take turns over the kinds of try, so both try there and both are a target. Where there is
        one kind alone, both make it. Both walk all routes as themselves.
        """
        client = letter if letter in CONTROLLERS else aim.of
        if not self.quick or aim.tries == "own" or client not in CONTROLLERS:
            return True
        if not (route.is_of_organisation or route.ids):
            return True
        name = f"{route.method} {route.rule}"
        kinds, kind = self.kinds.setdefault(name, []), f"{'client' if client == letter else letter} {aim.kind}"
        if kind not in kinds:
            kinds.append(kind)
        first = random.Random(f"{self.seed} {name}").randrange(2)
        return client == CONTROLLERS[(first + kinds.index(kind)) % 2]

    def _aims(self, letter: str, route: Route) -> Iterator[Aim]:
        others = [firm for name, firm in self.firms.items() if name != letter]
        if letter:
            yield from self._own_aims(self.firms[letter], others, route)
        elif not (route.is_of_organisation or route.ids):
            yield Aim("as nobody", "", guessed(self.chance))
        if route.is_of_organisation:
            for firm in others:
                yield Aim(f"all of {firm.letter}", firm.slug, ids_of(firm, self.chance), of=firm.letter)

    def _own_aims(self, own: Firm, others: list[Firm], route: Route) -> Iterator[Aim]:
        mine = ids_of(own, self.chance)
        yield Aim("own", own.slug, mine)
        other = self.chance.choice(others)
        theirs = ids_of(other, self.chance)
        doubled = urlencode([("organisation", other.slug), ("organisation", own.slug), *theirs.items(), *mine.items()])
        yield Aim(f"doubled with {other.letter}", own.slug, mine, f"?{doubled}")
        if route.ids:
            yield Aim("guessed", own.slug, guessed(self.chance))
            for firm in others:
                yield Aim(f"ids of {firm.letter}, own slug", own.slug, ids_of(firm, self.chance), of=firm.letter)
            if route.is_of_organisation:
                yield Aim(f"slug of {other.letter}, own ids", other.slug, mine)
        if len(route.ids) > 1:
            for name in route.ids:
                yield Aim(f"{name} of {other.letter}", own.slug, mine | {name: theirs[name]})


def _explained(letter: str, firm: Firm, people: list[Visitor], table: str, became: str) -> bool:
    """Whether an office and its client share the row, or somebody with one factor of two changed their own account."""
    if {letter, firm.letter} == HOUSES_OF_ONE and became in NEWS.get(table, ()):
        return True
    if letter:
        return OFFICE in (letter, firm.letter) and became in SHARED.get(table, ())
    of_it = {actor.id for actor in firm.people.values()} & {person.user for person in people}
    return bool(of_it) and became in ACCOUNT.get(table, ())


def _is_out(answer: Answer) -> bool:
    return answer.status == 401 or (answer.status == 303 and answer.header("Location").startswith("/login"))
