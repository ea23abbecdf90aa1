"""An old register comes along: known again, left as it was, without a clock; and it can go again while nothing rests
on it."""

from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tenants.database import db
from tenants.errors import Invalid, OfOldRegister
from tenants.history.entries import of_subject
from tenants.history.witness import verify
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import FENNA, an_assessment, an_organisation, an_own_breach
from tests.reading.read import read
from tests.service.zipped import exported, key_of, ran, unpacked
from tests.worlds.old_register import BARE, HASH, LAPTOP, LIKE_OURS, OldRegister, an_old_register, fifty
from workflows.decisions.turn import nobody
from workflows.dossiers.breach import dossier_of
from workflows.dossiers.own_dossiers import own_dossiers
from workflows.dossiers.viewer import Viewer
from workflows.engine import advance
from workflows.engine.hints import use_hints
from workflows.engine.runs import run_about
from workflows.mail.outbox import Outbox
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.notification.taking_over import (
    HereAlready,
    OldBreach,
    TakenOver,
    held_back,
    here_already,
    take_back,
    take_over,
)
from workflows.running import jobs
from workflows.running.processes import keep_time

NOBODY = Viewer(UUID(int=9), "Niemand", "n@example.nl", nobody)
BESIDE_THE_REGISTER = ("run", "step", "clock", "notice", "recipient", "mail_batch", "escalation", "turn_mail", "news")


@pytest.fixture(scope="module")
def old(database: Database) -> OldRegister:
    return an_old_register()


def whole(database: Database, organisation: UUID) -> list[object]:
    """The rows of its register, and how long its history is."""
    every = "select to_jsonb(b) as b from breach b where organisation_id = :o order by id"
    rows = database.outside(every, o=organisation)
    entries = database.outside("select count(*) as n from history where organisation_id = :o", o=organisation)
    return [rows, entries]


def test_the_rows_of_a_file_become_breaches_once(old: OldRegister) -> None:
    assert old.outcome == TakenOver(new=49, known=1)
    with acting_for(old.id):
        laptop = old.row("DL-2023-007")
        assert (laptop.title, laptop.origin, laptop.authority_number) == (LAPTOP.title, "taken_over", "AP-771234")
        assert (laptop.people_min, laptop.people_max, laptop.measures) == (40, 40, LAPTOP.measures)
        assert laptop.taken_over == {
            "reference": "DL-2023-007", "row": 3, "began_on": "2023-12-24", "discovered_on": "2023-12-27",
            "reported_on": "2024-01-02", "reported_to_ap": "yes", "people_told": "unclear", "estimate": True,
            "nature": LAPTOP.nature, "kinds_of_data": LAPTOP.kinds_of_data, "reason": LAPTOP.reason, "file": HASH,
        }  # fmt: skip
        assert laptop.created_at == datetime(2023, 12, 26, 23, tzinfo=UTC), "midnight in the Netherlands"
        said = Counter(row["said"] for row in rows_of(old.id) if row["reference"].startswith("DL-"))
        assert said["unclear"] == said["unknown"] == said["not_applicable"] == 9


def rows_of(organisation: UUID) -> list[dict[str, str]]:
    told = text("""select reference, taken_over ->> 'reported_to_ap' as said from breach
                    where organisation_id = :o and origin = 'taken_over'""")
    return [dict(row) for row in db.session.execute(told, {"o": organisation}).mappings()]


def test_no_moment_of_the_law_is_made_of_a_day(old: OldRegister) -> None:
    with acting_for(old.id):
        for row in (old.row("DL-2023-007"), old.row("oud-0001")):
            moments = (row.found_at, row.became_aware_at, row.earliest_aware_at, row.alarm_at, row.due_at,
                       row.happened_from, row.submitted_at, row.decided_at)  # fmt: skip
            assert set(moments) == {None}
    with pytest.raises(IntegrityError, match="taken_over_has_no_moments"), acting_for(old.id):
        db.session.execute(text("""
            insert into breach (organisation_id, reference, title, origin, description, taken_over, taken_over_key,
                                taken_over_file, may_be_due, found_at)
            values (:o, 'x', 'x', 'taken_over', 'x', '{}', 'x', gen_random_uuid(), false, now())"""), {"o": old.id})


def test_a_number_that_this_register_may_give_itself_does_not_stand_in_its_way(old: OldRegister) -> None:
    an_own_breach(old.id)
    with acting_for(old.id):
        references = {row["reference"] for row in rows_of(old.id)}
    assert "oud-2026-0001" in references and not any(r.startswith("2026-") for r in references)


def test_twice_changes_nothing_and_what_is_known_stays_as_it_was(old: OldRegister, database: Database) -> None:
    before = whole(database, old.id)
    with acting_for(old.id):
        assert take_over(fifty(), uuid4(), "ff" * 32, FENNA) == TakenOver(new=0, known=50)
    changed = [replace(LAPTOP, title="Toch een telefoon", reported_to_ap="no"), replace(BARE, row=99)]
    with acting_for(old.id):
        numbers = [OldBreach(row=3, reference=number, title="Iets") for number in ("DL-1", "DL-nieuw", "dl-1")]
        assert here_already(changed) == HereAlready(2, 0, differ=(3,))
        assert here_already(numbers) == HereAlready(1, 0, differ=(3,))
        less = replace(LAPTOP, title="", nature=None, discovered_on=None, people_min=1)
        assert here_already([less, LAPTOP, LIKE_OURS]) == HereAlready(2, 0)
        other_day = replace(LAPTOP, row=8, discovered_on=date(2023, 12, 28))
        assert here_already([other_day]) == HereAlready(1, 0, differ=(8,))
        assert take_over(changed, uuid4(), "ff" * 32, FENNA) == TakenOver(new=0, known=2)
    assert whole(database, old.id) == before


def test_the_history_says_who_took_which_file_over(old: OldRegister) -> None:
    with acting_for(old.id):
        [entry] = of_subject(old.row("DL-2023-007").id)
        [about_all] = [e for e in of_subject(old.id) if e.what == "register.taken_over"]
    assert (entry.what, entry.actor_id, entry.details["file"], entry.details["row"]) == (
        "breach.taken_over", old.officer.id, HASH, 3,
    )  # fmt: skip
    assert about_all.details == {"file": HASH, "new": 49, "known": 1} and verify(old.id).ok


def test_the_clock_process_says_and_does_nothing(database: Database) -> None:
    old, rung, stopping = an_old_register(), list[UUID](), Event()
    calls = iter(range(12))

    class Hints:
        def hint(self, organisations: list[UUID]) -> None:
            rung.extend(organisations)

    def context() -> AbstractContextManager[object]:
        if next(calls, None) is None:
            stopping.set()
        return nullcontext()

    use_hints(Hints())
    jobs.use_mail_sender(Outbox())
    before = whole(database, old.id)
    keep_time(context, stopping)
    jobs.drain(str(old.id))
    assert whole(database, old.id) == before and old.id not in rung
    for table in BESIDE_THE_REGISTER:
        key = "controller_id" if table == "escalation" else "organisation_id"
        assert database.outside(f"select from {table} where {key} = :o", o=old.id) == [], table
    with acting_for(old.id):
        assert own_dossiers().breaches == own_dossiers().late == 0


def test_the_last_import_can_be_undone_and_the_proof_holds(database: Database) -> None:
    old, again = an_old_register(), uuid4()
    an_own_breach(old.id, old.officer)
    gone = old.breach_id("DL-2023-007")
    with acting_for(old.id):
        more = take_over([OldBreach(row=2, reference="DL-900", title="Later bestand")], again, "aa" * 32, old.officer)
        assert more == TakenOver(new=1, known=0)
    refused(old, old.file, "taking_over.not_the_last")
    with acting_for(old.id):
        assert take_back(again, old.officer) == 1
    with acting_for(old.id):
        assert take_back(old.file, old.officer) == 49
    refused(old, old.file, "taking_over.not_the_last")
    with acting_for(old.id):
        assert rows_of(old.id) == []
        told = [(entry.what, entry.details["file"]) for entry in of_subject(gone)]
        assert told == [("breach.taken_over", HASH), ("breach.taken_back", HASH)]
        assert of_subject(old.id)[-1].details == {"file": HASH, "gone": 49}
    assert verify(old.id).ok
    assert len(database.outside("select from breach where organisation_id = :o", o=old.id)) == 1
    with acting_for(old.id):
        assert take_over(fifty(), uuid4(), HASH, old.officer) == TakenOver(new=49, known=1)


def test_what_somebody_took_the_evidence_of_stays(old: OldRegister, tmp_path: Path) -> None:
    zipped = exported(old.id, old.breach_id("DL-2023-007"))
    checked = ran(tmp_path, zipped, "--key", key_of(old.id))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    page = unpacked(zipped)["page.html"]
    assert "Oud register: gemeld bij de AP" in page and "onduidelijk" in page and "Schijf niet versleuteld" in page
    altered = unpacked(zipped)
    assert altered["evidence.json"]["register"]["taken_over"]["people_told"] == "unclear"
    refused(old, old.file, "taking_over.in_use", references="DL-2023-007")


def refused(old: OldRegister, file: UUID, key: str, **values: str) -> None:
    with acting_for(old.id):
        [told_before] = held_back(file)
    with pytest.raises(Invalid) as fault, acting_for(old.id):
        take_back(file, old.officer)
    assert fault.value.key == key == told_before.key and fault.value.values == told_before.values
    assert values.items() <= fault.value.values.items()


def test_whoever_would_act_on_one_is_told_that_it_is_of_an_old_register(old: OldRegister) -> None:
    breach_id = old.breach_id("DL-1")
    for act in (
        lambda: breach(breach_id), lambda: breach(breach_id, 1, lock=True), lambda: dossier_of(breach_id, NOBODY),
        lambda: run_about("ap_notification", breach_id, lock=True),
        lambda: advance.complete(AP_NOTIFICATION, breach_id, "assess", FENNA, "privacy_officer", an_assessment()),
    ):  # fmt: skip
        with pytest.raises(OfOldRegister), acting_for(old.id):
            act()


def test_nobody_changes_or_removes_one_and_another_organisation_sees_none(old: OldRegister) -> None:
    with pytest.raises(IntegrityError, match="stays as it was"), acting_for(old.id):
        db.session.execute(text("update breach set title = 'x' where reference = 'DL-2023-007'"))
    other = an_organisation()
    with acting_for(other):
        assert here_already([LAPTOP]) == HereAlready(0, 0) and rows_of(old.id) == []
    with pytest.raises(Invalid), acting_for(other):
        take_back(old.file, FENNA)
    with acting_for(other):
        gone = db.session.execute(text("select * from take_back_breaches(:file)"), {"file": old.file}).all()
        assert gone == [] and take_over([LAPTOP], uuid4(), HASH, FENNA).new == 1
    with acting_for(old.id):
        assert old.row("DL-2023-007").title == LAPTOP.title


def test_what_the_reader_says_of_a_row_is_what_is_taken_over(database: Database) -> None:
    file = "Nr;Wat;Datum ontdekking;Gemeld aan AP;Aantal betrokkenen;Melder\n7;Mail;27-12-2023;onduidelijk;ca. 9;Anna\n"
    items = [OldBreach(row=row, **values) for row, values in read(file, "register").items.items()]
    assert items == [OldBreach(
        row=2, reference="7", title="Mail", discovered_on=date(2023, 12, 27), reported_to_ap="unclear", people_min=9,
        people_max=9, estimate=True,
    )]  # fmt: skip
    organisation = an_organisation()
    with acting_for(organisation):
        assert take_over(items, uuid4(), HASH, FENNA) == TakenOver(new=1, known=0)
    assert "Anna" not in str(whole(database, organisation))


def test_rows_are_added_in_sets_and_those_without_a_number_get_one_each(database: Database) -> None:
    organisation = an_organisation()
    rows = [OldBreach(row=n + 2, reference=None, title=f"Geval {n}") for n in range(1_500)]
    with acting_for(organisation):
        assert take_over(iter(rows), uuid4(), HASH, FENNA) == TakenOver(new=1_500, known=0)
        assert {row["reference"] for row in rows_of(organisation)} == {f"oud-{n:04d}" for n in range(1, 1_501)}


def test_equal_rows_without_a_number_are_breaches_of_their_own_and_known_again(database: Database) -> None:
    organisation = an_organisation()
    rows = [OldBreach(row=n + 2, reference=None, title="Mail aan een ander") for n in range(1_002)]
    with acting_for(organisation):
        before = here_already(rows)
        assert (before.known, before.alike, before.equal) == (0, 0, tuple(range(3, 1_004)))
        assert take_over(rows[:1_001], uuid4(), HASH, FENNA) == TakenOver(new=1_001, known=0)
        assert here_already(iter(rows)) == HereAlready(1_001, 0, (1_003,))
        assert take_over(iter(rows), uuid4(), HASH, FENNA) == TakenOver(new=1, known=1_001)


def test_a_title_that_is_too_long_stands_whole_in_the_description(database: Database) -> None:
    long = f"Laptop {'uit de auto ' * 24}op 3 maart"
    rows = [
        OldBreach(row=2, reference="L1", title=long, description="De schijf was open."),
        OldBreach(row=3, reference="L2", title=long, description=f"{long}\n\nDe schijf was open."),
        OldBreach(row=4, reference="L3", title=long),
        OldBreach(row=5, reference="L4", title="Kort", description="Lang"),
    ]  # fmt: skip
    old = an_old_register(rows)
    with acting_for(old.id):
        said = [old.row(row.reference or "") for row in rows]
        descriptions = [breach.description for breach in said]
    assert [len(breach.title) for breach in said[:3]] == [200] * 3
    assert descriptions == [f"{long}\n\nDe schijf was open."] * 2 + [long, "Lang"]
