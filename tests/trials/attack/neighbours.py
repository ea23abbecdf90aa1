"""Visitors from outside: a second office, one that no operator admitted, and an owner of a person with two seats.

What they write about an organisation must stand in their own rows, and must change no row of that organisation.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from tests.trials.attack.judging import WORD
from tests.trials.attack.requests import Answer, Request, json_body
from tests.trials.attack.rows import Rows, changed
from tests.trials.attack.seeding import Firm, SecondOffice
from tests.trials.attack.visitors import Visitor
from tests.trials.attack.walking import Walk

LONG_AGO = "2021-03-01T09:00:00+01:00"
CLIENT: dict[str, Any] = {
    "financial_undertaking": False, "hours_to_notify": 24, "services": {"payroll_bare": "processor"},
    "in_force_from": "2020-01-01",
}  # fmt: skip
NUMBERS = "select kvk_number from organisation where id = any (%s) and kvk_number is not null"
DIGEST = "md5(array_agg(t::text order by t::text)::text)"
FACTORS = f"""
    select 'factor', {DIGEST} from user_totp t where user_id = %(user)s
    union all select 'passkey', {DIGEST} from passkey t where user_id = %(user)s
    union all select 'code', {DIGEST} from recovery_code t where user_id = %(user)s
    union all select 'session', md5(array_agg((id, revoked_at, expires_at, proof_at)::text order by id)::text)
                from login_session where user_id = %(user)s
    union all select 'seat', {DIGEST} from membership t
               where user_id = %(user)s and organisation_id = %(elsewhere)s"""


@dataclass
class Neighbours:
    """Makes the second office and the others try their acts, and then reports whose rows changed."""

    walk: Walk
    second: SecondOffice
    outside: "psycopg.Connection[Any]"
    registered: list[str] = field(default_factory=list)
    """The client numbers that the second office gave to clients of others."""

    def try_all(self, owner: Visitor, of_office: Visitor, not_admitted: Visitor) -> None:
        """Try every act. `owner` is the owner of the other organisation where the person with two seats works."""
        before = self.walk.ledger.rows()
        self._register_those_of_others(of_office)
        self._escalate(of_office)
        self._compare(before, "a second office")
        self._without_admission(not_admitted)
        self._people_of_two(owner)

    def words_elsewhere(self) -> list[str]:
        """Return the tables in which a word of the second office stands in a row of another organisation."""
        second = self.second.firm.letter
        others = [str(firm.id) for letter, firm in self.walk.firms.items() if letter != second]
        return [
            f"{table} of {letter}"
            for letter, table, text in self.walk.ledger.texts(others)
            for word in set(WORD.findall(text))
            if self.walk.judge.canaries.readers.get(word) == frozenset(second)
        ]

    def _register_those_of_others(self, office: Visitor) -> None:
        ids = [firm.id for firm in self.walk.firms.values()]
        numbers = [row[0] for row in self.outside.execute(NUMBERS, (ids,)).fetchall()]
        word = self.walk.judge.canaries.new
        clients = [
            CLIENT | {
                "name": f"Bedrijf {word(self.second.firm.letter)}", "kvk_number": number, "client_number": f"D{nth}",
                "contacts": [{"name": word(self.second.firm.letter), "email": f"{word('d')}@evil.example"}],
            }
            for nth, number in enumerate(numbers)
        ]  # fmt: skip
        self._post(office, "agreements", {"clients": clients, "confirmed_doubles": True})
        self.registered = [client["client_number"] for client in clients]

    def _escalate(self, office: Visitor) -> None:
        """Escalate once with a moment of years ago, which must move no clock of another, and once with a valid moment.
        """
        word, now = self.walk.judge.canaries.new, datetime.now(UTC) - timedelta(hours=1)
        for aware_at, informed in ((LONG_AGO, LONG_AGO), (now.isoformat(), None)):
            hits = [
                {"client_number": number, "people": 5}
                | ({"informed_at": informed, "informed_how": "phone"} if informed else {})
                for number in self.registered
            ]  # fmt: skip
            incident = {name: f"Iets {word('d')}" for name in ("title", "description", "contact_name")}
            self._post(office, "incidents", incident | {
                "services": ["payroll_bare"], "found_at": aware_at, "became_aware_at": aware_at, "clients": hits,
                "contact_email": "fg@evil.example",
            })  # fmt: skip

    def _without_admission(self, visitor: Visitor) -> None:
        client = CLIENT | {"name": "Bedrijf", "kvk_number": "33031431", "client_number": "X1",
                           "contacts": [{"name": "Mal", "email": "mal@evil.example"}]}  # fmt: skip
        answer = self._post(visitor, "agreements", {"clients": [client]})
        if answer.status < 400:
            self.walk.judge.count("cross_writes", "clients of an organisation that no operator admitted", answer.status)

    def _people_of_two(self, owner: Visitor) -> None:
        """Change the person with two seats as an owner here: nothing that decides what they may do elsewhere may
        change."""
        who = {"user": self.second.of_two, "elsewhere": self.second.firm.id}
        before = self.outside.execute(FACTORS, who).fetchall()
        aim = self.walk.own_aim(owner.letter)
        aim.ids["user_id"] = str(self.second.of_two)
        for route in self.walk.routes:
            if route.does == "see_to_people" and route.method != "GET":
                self.walk.visit(owner, route, aim)
        if (after := self.outside.execute(FACTORS, who).fetchall()) != before:
            differ = [name for name, _ in set(before) ^ set(after)]
            self.walk.judge.count("cross_writes", "an owner changed a person elsewhere", sorted(set(differ)))

    def _compare(self, before: Rows, by: str) -> None:
        after = self.walk.ledger.rows()
        for letter in self.walk.firms.keys() - {self.second.firm.letter}:
            for table, key, became in changed(before, after, letter):
                self.walk.judge.count("cross_writes", f"{became} row in {table} of {letter}, by {by}", key)

    def _post(self, visitor: Visitor, place: str, body: dict[str, Any]) -> Answer:
        firm: Firm = self.second.firm if visitor.letter == self.second.firm.letter else self.walk.firms[visitor.letter]
        headers = (*visitor.headers(True), ("Content-Type", "application/json"))
        target = f"/api/o/{firm.slug}/{place}"
        request = Request("POST", target, headers, json_body(body), visitor.name, "neighbour")
        answer = self.walk.client.send(request)
        doc = next((d.doc for d in self.walk.routes if d.method == "POST" and d.rule.endswith(f">/{place}")), None)
        self.walk.judge.look(request, answer, visitor.eyes, doc, target)
        return answer

