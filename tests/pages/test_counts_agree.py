"""Every count of the same world is equal wherever it is shown: overview, board, call list, end, file and API."""

import csv
import io
import re
from collections import Counter
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tenants.isolation import acting_for, database_now
from tenants.register.escalations import board
from tests.conftest import Database
from tests.factories import an_incident, an_office
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import visible
from tests.pages.worlds import Login
from tests.service.caller import Caller, caller_for
from tests.worlds.calls import record_call
from workflows.decisions.going_on import Counts, chains
from workflows.decisions.next_ends import next_ends
from workflows.escalation.board_states import NOT_INFORMED, STATES, TERMS
from workflows.escalation.conversations import conversations, take_back
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain

NAMES = (
    "unreached", "to call", "bounced", "unknown", "late", "unconfirmed", "undecided", "decided", "informed late",
    "taken back",
)  # fmt: skip
PAST = """update {table} set alarm_at = now() - interval '{hours} hours', due_at = now() - interval '{hours} hours'
           where {whose}"""
OF_RUN = "run_id = (select id from run where subject_id = :e) and name = 'inform-controller'"


class World:
    """An office whose incident has one client in each of NAMES, and another incident that a person ended."""

    def __init__(self, reader: Login, app: Flask, database: Database, outbox: Outbox) -> None:
        self.database, self.office = database, an_office(len(NAMES))
        self.incident = an_incident(self.office).id
        while drain(str(self.office.id)):
            pass
        with acting_for(self.office.id):
            rows = sorted(board(self.incident, 99), key=lambda row: int(row.controller_name.split()[-1]))
        self.clients: dict[str, UUID] = dict(zip(NAMES, (row.id for row in rows), strict=True))
        self._compose()
        self.fenna: Reader = reader(self.office.officer)
        self.api: Caller = caller_for(app, self.office.officer.id)  # type: ignore[arg-type]
        self.base = f"/o/{slug_of(self.office.id)}"
        self.at = f"{self.base}/incidents/{self.incident}"

    def _compose(self) -> None:
        for name in ("unconfirmed", "undecided", "decided", "informed late", "taken back"):
            with acting_for(self.office.id):
                record_call(self.clients[name], database_now(), "phone", self.office.officer)
        with acting_for(self.office.id):
            back = self.clients["taken back"]
            take_back(back, conversations([back])[back][0].seq, "Verkeerde klant", self.office.officer)
        while drain(str(self.office.id)):
            pass
        self.let("to call", "update escalation set call_needed_at = now() where id = :e")
        for name in ("bounced", "unknown"):
            self.let(name, f"update recipient set state = '{name}' where about_id = :e")
        self.let("undecided", "update escalation set acknowledged_at = now() where id = :e")
        self.let("decided", """update escalation set acknowledged_at = now(), decision = 'notified',
                                  decided_at = now(), decided_alone = false where id = :e""")
        for name, hours in (("late", 1), ("informed late", 30)):
            self.let(name, f"update escalation set alarm_at = now() - interval '{hours} hours' where id = :e")
            self.let(name, PAST.format(table="clock", hours=hours, whose=OF_RUN))

    def let(self, name: str, statement: str) -> None:
        """Change this client from outside, as `:e`."""
        self.database.outside(statement, e=self.clients[name])

    def ends_another(self) -> None:
        """Another incident is ended, and is open again when a call is taken back."""
        other = an_incident(self.office, self.office.hits[:1]).id
        with acting_for(self.office.id):
            [row] = board(other, 1)
            record_call(row.id, database_now(), "phone", self.office.officer)
        self.fenna.done(f"{self.base}/incidents/{other}/end", {"reason": "Iedereen weet het"})
        self.other, self.of_other = other, row.id


@pytest.fixture
def world(reader: Login, app: Flask, database: Database, outbox: Outbox) -> World:
    """Of this test alone."""
    return World(reader, app, database, outbox)


def counts_of(chain: Counts) -> dict[str, int]:
    return {name: getattr(chain, name) for name in Counts.__dataclass_fields__}


def test_every_count_is_the_same_wherever_it_is_shown(world: World) -> None:
    world.ends_another()
    with acting_for(world.office.id):
        going = chains()
        ends = next_ends(database_now())
    [chain] = going.listed
    counts = counts_of(chain.counts)
    assert counts == {
        "clients": 10, "unreached": 6, "call": 2, "late": 1, "informed_late": 1, "unknown": 1, "unconfirmed": 2,
        "undecided": 3,
    }  # fmt: skip
    assert counts_of(going.total) == counts
    sums = world.api.get(f"incidents/{world.incident}/board").json
    assert sums["states"] == {
        "call_now": 2, "bounced": 1, "phone_only": 0, "unknown": 1, "stopped": 0, "under_way": 2, "to_write": 0,
        "informed": 2, "acknowledged": 1, "decided": 1,
    }  # fmt: skip
    assert as_overview(sums) == counts
    rows = world.api.get(f"incidents/{world.incident}/escalations").json["items"]
    assert {state: Counter(row["state"] for row in rows)[state] for state in STATES} == sums["states"]
    assert {term: Counter(row["term"] for row in rows)[term] for term in TERMS} == {n: sums[n] for n in TERMS}
    assert sum(bool(row["call_needed_at"]) and not row["informed_at"] for row in rows) == counts["call"]
    assert shown_on_the_pages(world, sums) == counts
    by_clock = {clock: sum(e.count for e in ended) for clock, ended in ends.late.by_clock.items()}
    assert by_clock == {"inform-controller": counts["late"]}


def test_mail_that_led_to_somebody_else_has_no_outcome_anywhere(world: World) -> None:
    world.let("unknown", "update escalation set led_elsewhere_at = now() where id = :e")
    sums = world.api.get(f"incidents/{world.incident}/board").json
    with acting_for(world.office.id):
        assert chains().total.unknown == sums["states"]["unknown"] == 0
    assert as_overview(sums) == shown_on_the_pages(world, sums)


def as_overview(sums: dict[str, Any]) -> dict[str, int]:
    """What a board counts, by the names of the overview."""
    informed = sums["informed_in_all"]
    return {
        "clients": sums["total"], "unreached": sums["total"] - informed, "call": sums["call"], "late": sums["late"],
        "informed_late": sums["informed_late"], "unknown": sums["states"]["unknown"],
        "unconfirmed": sums["informed"], "undecided": sums["informed"] + sums["acknowledged"],
    }  # fmt: skip


def shown_on_the_pages(world: World, sums: dict[str, Any]) -> dict[str, int]:
    """What the overview says in words, once the other pages said the same."""
    page = world.fenna.see(world.at)
    on_board = {name: int(count) for name, count in re.findall(r'data-sum="([a-z_]+)">(\d+)<', page)}
    late = {"informed_late": sums["informed_late"]}
    assert on_board.items() >= {**sums["states"], **{name: sums[name] for name in TERMS}, **late}.items()
    file = world.fenna.client.get(f"{world.at}/board.csv").data.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(file), delimiter=";"))) == sums["total"] + 1
    calls = world.fenna.see(f"{world.at}/calls")
    assert f"Bel {sums['call']} opdrachtgevers" in visible(page) and calls.count("/escalations/") == sums["call"]
    unreached = sum(sums["states"][state] for state in NOT_INFORMED)
    assert f"{unreached} opdrachtgevers zijn nog niet geïnformeerd" in visible(world.fenna.see(f"{world.at}/end"))
    said = visible(world.fenna.see(f"{world.base}/"))
    assert f"{sums['call']} opdrachtgevers bellen" in said
    find = partial(first_number, said[said.index("Wat er loopt") :])
    return {
        "clients": find(r"(\d+) opdrachtgevers"), "unreached": find(r"(\d+) nog niet geïnformeerd"),
        "call": find(r"Te bellen: (\d+)"), "late": find(r"(\d+) nog te laat"),
        "informed_late": find(r"(\d+) te laat geïnformeerd"), "unknown": find(r"(\d+) met onbekende uitkomst"),
        "unconfirmed": find(r"(\d+) zonder bevestiging"), "undecided": find(r"(\d+) zonder besluit"),
    }  # fmt: skip


def first_number(words: str, pattern: str) -> int:
    found = re.search(pattern, words)
    assert found, pattern
    return int(found[1])


def test_what_is_ended_counts_nowhere_until_it_is_open_again(world: World) -> None:
    world.ends_another()
    before = visible(world.fenna.see(f"{world.base}/"))
    assert "1 incident loopt, 10 opdrachtgevers" in before
    listed = {row["id"]: row["ended_at"] for row in world.api.get("incidents").json["items"]}
    assert listed[str(world.other)] and not listed[str(world.incident)]
    assert world.fenna.see(f"{world.base}/incidents").count("Afgesloten op") == 1
    with acting_for(world.office.id):
        [made] = conversations([world.of_other])[world.of_other]
        take_back(world.of_other, made.seq, "Verkeerde klant", world.office.officer)
    assert "2 incidenten lopen, samen 11 berichten aan opdrachtgevers" in visible(world.fenna.see(f"{world.base}/"))
    assert world.api.get(f"incidents/{world.other}").json["end"] is None
    assert "Afgesloten op" not in world.fenna.see(f"{world.base}/incidents")
