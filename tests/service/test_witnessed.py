"""How far a chain is proven from outside: by its signed ends in a file and in mails; of the rest it is said."""

import json
import random
import stat
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from service.commands.history import kept_ends
from tenants.history.entries import Entry, record
from tenants.history.signed_heads import organisations_to_sign, signed_head
from tenants.history.witness import OUTSIDE, verify
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.engine.places import approve, submit
from tests.factories import FENNA, a_member, an_organisation, an_own_breach
from tests.operator_commands import verify_history as by_command
from tests.service.zipped import exported, ran
from tests.tenants.tampering import CHAIN_ANEW, MOVE_HEAD, tamper
from workflows.evidence.witnessing import carry, use_heads_file
from workflows.mail.outbox import Outbox
from workflows.mail.reminding import tell_of_failures
from workflows.running import jobs

SEED, ROUNDS = 20261127, 12
ACTS = ("what = 'never'", "details = '{}'", "at = at - interval '1 day'", "actor_id = null")


@pytest.fixture
def heads(tmp_path: Path, own_database: Database) -> Iterator[Path]:
    """The file that is written once."""
    jobs.use_mail_sender(Outbox())
    file = tmp_path / "heads.jsonl"
    use_heads_file(file)
    yield file
    use_heads_file(None)


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def a_story(entries: int = 6) -> UUID:
    """An organisation with so many entries that decide nothing."""
    organisation = an_organisation()
    for nth in range(entries):
        with acting_for(organisation):
            record([Entry("breach", uuid4(), f"breach.{nth}", FENNA, {"n": nth})])
    return organisation


def test_after_each_decision_its_end_is_signed_and_leaves_the_database(own_database: Database, heads: Path):
    organisation = an_organisation()
    place = organisation, an_own_breach(organisation)
    jobs.sweep()
    assert lines(heads) == [], "recording is no decision"
    approve(place)
    jobs.sweep()
    [first] = lines(heads)
    assert first["organisation"] == str(organisation) and stat.S_IMODE(heads.stat().st_mode) == 0o600
    jobs.sweep()
    assert len(lines(heads)) == 1, "once"
    with acting_for(organisation):
        head = signed_head()
    assert head and head.kept_at and head.seq == first["seq"] and head.head.hex() == first["head"]
    other = an_organisation()
    submit((other, an_own_breach(other)))
    jobs.sweep()
    assert [line["organisation"] for line in lines(heads)] == [str(organisation), str(other)]


def test_everything_else_is_signed_within_a_day(own_database: Database, heads: Path):
    organisation = a_story()
    assert organisations_to_sign() == []
    due = own_database.outside("select sign_at - now() as left from history_head where organisation_id = :o",
                               o=organisation)[0]["left"]  # fmt: skip
    assert 0 < due.total_seconds() <= 24 * 3600
    tamper(own_database, "update history_head set sign_at = now() where organisation_id = :organisation", organisation)
    jobs.sweep()
    assert [line["organisation"] for line in lines(heads)] == [str(organisation)]


def test_a_chain_that_cannot_be_signed_delays_no_other(own_database: Database, heads: Path):
    """Its key cannot be opened: it comes again in ten minutes, and the others are signed."""
    bad, good = a_story(), a_story()
    for organisation in (bad, good):
        own_database.outside("update history_head set sign_at = now() where organisation_id = :o returning 1",
                             o=organisation)  # fmt: skip
    jobs.sweep()
    tamper(own_database, "update signing_key set wrapped_key = 'x' where organisation_id = :organisation", bad)
    for organisation in (bad, good):
        with acting_for(organisation):
            record([Entry("breach", uuid4(), "glass.broken", FENNA)])
    jobs.sweep()
    assert [line["organisation"] for line in lines(heads)][2:] == [str(good)]
    assert organisations_to_sign() == []


def test_the_file_that_cannot_be_written_is_tried_again(own_database: Database, heads: Path):
    heads.mkdir()
    organisation = a_story()
    tamper(own_database, "update history_head set sign_at = now() where organisation_id = :organisation", organisation)
    jobs.sweep()
    heads.rmdir()
    waits = own_database.outside("select outside_at > now() as later, attempts from signed_head")[0]
    assert (waits["later"], waits["attempts"]) == (True, 1)
    [end] = own_database.outside("select seq from signed_head")
    assert carry(organisation, end["seq"]) == 1 and len(lines(heads)) == 1 and carry(organisation, end["seq"]) == 0


def test_whatever_is_rewritten_is_found_or_told_as_not_witnessed(own_database: Database, heads: Path):
    """As superuser, triggers off, all hashes and the head made anew: at random places, by the seed."""
    chosen = random.Random(SEED)
    for _ in range(ROUNDS):
        organisation = a_story(4)
        tamper(own_database, "update history_head set sign_at = now() where organisation_id = :organisation",
               organisation)  # fmt: skip
        jobs.sweep()
        for nth in range(3):
            with acting_for(organisation):
                record([Entry("breach", uuid4(), f"breach.later_{nth}", FENNA)])
        outside = kept_ends(heads)[str(organisation)]
        before = verify(organisation, outside)
        assert before.ok and before.witnessed == outside[-1][0] < before.entries
        seq, act = chosen.randint(1, before.entries), chosen.choice(ACTS)
        where = f"where organisation_id = :organisation and seq = {seq}"
        tamper(own_database, f"update history set {act} {where}; {CHAIN_ANEW}; {MOVE_HEAD}", organisation)
        after = verify(organisation, outside)
        assert after.why == OUTSIDE or seq > after.witnessed, (seq, act, after)
        assert verify(organisation).witnessed == 0, "without the file nobody vouches for anything"


def test_the_command_says_how_far_and_reads_the_file(own_database: Database, heads: Path, tmp_path: Path):
    organisation = a_story()
    slug = own_database.outside("select slug from organisation where id = :o", o=organisation)[0]["slug"]
    printed = by_command(own_database, "--organisation", slug).stdout
    assert "Niemand anders heeft een einde van deze geschiedenis" in printed
    tamper(own_database, "update history_head set sign_at = now() where organisation_id = :organisation", organisation)
    jobs.sweep()
    words = ("--organisation", slug, "--heads", str(heads))
    assert "Bewezen door wat een ander heeft: tot en met regel 6 van 7" in by_command(own_database, *words).stdout
    assert json.loads(by_command(own_database, *words, "--json").stdout)["organisations"][0]["witnessed"] == 6
    heads.write_text(heads.read_text().replace('\\"seq\\":6', '\\"seq\\":5'))
    ran_now = by_command(own_database, *words)
    assert ran_now.returncode == 2 and ran_now.stderr.count("\n") == 1
    assert by_command(own_database, "--heads", str(tmp_path / "none")).returncode == 2


def test_a_mail_to_ones_own_people_bears_the_end_and_verify_reads_it(
    own_database: Database, heads: Path, tmp_path: Path
):
    outbox = Outbox()
    jobs.use_mail_sender(outbox)
    organisation = an_organisation()
    place = organisation, an_own_breach(organisation)
    a_member(organisation)
    with acting_for(organisation):
        tell_of_failures([place[1]])
    jobs.drain(str(organisation))
    approve(place)
    jobs.sweep()
    with acting_for(organisation):
        tell_of_failures([place[1]])
    jobs.drain(str(organisation))
    before, after = (mail.text for mail in outbox.mails)
    with acting_for(organisation):
        head = signed_head()
    assert head and "Stand van het register" not in before
    assert f"regel {head.seq}, sha256 {head.head.hex()}, sleutel {head.key_id.hex()}" in after
    zipped = exported(*place)
    assert ran(tmp_path, zipped, "--key", head.key_id.hex()).returncode == 0
    later = ran(tmp_path, zipped, "--heads", str(heads))
    assert f"Tot en met regel {head.seq} is de keten bewezen" in later.stdout
