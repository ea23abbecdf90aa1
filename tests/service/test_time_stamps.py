"""The newest signed end of each chain is stamped by an authority elsewhere (RFC 3161), whatever that one does."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from service.config import ConfigError
from service.health.figures import exposition
from service.running.stamping import trusted_of
from tenants.history.entries import Entry, record
from tenants.history.signed_heads import signed_head, waiting_heads
from tenants.isolation import acting_for, acting_for_nobody
from tests.authority import Authority, an_authority
from tests.conftest import Database
from tests.factories import FENNA, an_organisation
from tests.operator_commands import verify_history as by_command
from tests.service.served import in_time
from tests.slow_peers import ENDLESS, PHASES, slow_peer
from tests.tenants.tampering import CHAIN_ANEW, MOVE_HEAD, tamper
from workflows.evidence.witnessing import LONGEST_REST_S, REST_S, TICK_S, Turns, carry, due_to_carry, use_authority
from workflows.mail.outbox import Outbox
from workflows.outside import time_stamps
from workflows.outside.time_stamps import NotStamped, stamp, stamp_of
from workflows.running import jobs

HEAD = bytes(range(32))
SOON_S = 0.5
DUE = "update history_head set sign_at = now() where organisation_id = :organisation"
AT_ONCE = "update signed_head set outside_at = now() where organisation_id = :organisation and outside_at is not null"


@pytest.fixture
def authority() -> Iterator[Authority]:
    jobs.use_mail_sender(Outbox())
    with an_authority() as there:
        yield there
    use_authority(None)


def asked_of(there: Authority) -> time_stamps.Authority:
    return time_stamps.Authority(there.url, [there.root])


def a_story(database: Database, entries: int = 3) -> UUID:
    """An organisation whose end must be signed now."""
    organisation = an_organisation()
    another_entry(database, organisation, entries)
    return organisation


def another_entry(database: Database, organisation: UUID, entries: int = 1) -> None:
    with acting_for(organisation):
        record([Entry("breach", uuid4(), f"breach.{nth}", FENNA) for nth in range(entries)])
    tamper(database, DUE, organisation)


def stamp_stored(organisation: UUID) -> bytes | None:
    with acting_for(organisation):
        head = signed_head()
    return head.stamp if head else None


def trusting(database: Database, file: Path) -> Database:
    """The same, where this file's certificates vouch for stamps."""
    return replace(database, config=replace(database.config, timestamp_ca_file=str(file)))


def waiting() -> int:
    with acting_for_nobody():
        return waiting_heads()[0]


def test_a_stamp_that_was_granted_says_when_and_of_what(authority: Authority) -> None:
    answer = stamp(asked_of(authority), HEAD)
    stamp_read = stamp_of(answer, HEAD, [authority.root])
    assert stamp_read.is_of_content and stamp_read.at == authority.at.replace(microsecond=0)
    assert not stamp_of(answer, HEAD[::-1], [authority.root]).is_of_content


@pytest.mark.parametrize("changed", [
    {"status": 2}, {"status": 1}, {"status": 3}, {"digest": bytes(32)}, {"digest": b"short"}, {"nonce": 7},
])  # fmt: skip
def test_what_was_refused_or_is_of_something_else_is_no_stamp(authority: Authority, changed: dict[str, object]) -> None:
    for name, value in changed.items():
        setattr(authority, name, value)
    for trusted in ([], [authority.root]):
        with pytest.raises(NotStamped):
            stamp(time_stamps.Authority(authority.url, trusted), HEAD)


def test_who_is_not_trusted_stamps_nothing(authority: Authority) -> None:
    with an_authority() as other:
        with pytest.raises(NotStamped, match="vouched"):
            stamp(time_stamps.Authority(authority.url, [other.root]), HEAD)
        with pytest.raises(NotStamped, match="vouched"):
            stamp_of(stamp(asked_of(authority), HEAD), HEAD, [other.root])


def test_every_byte_that_is_signed_counts(authority: Authority) -> None:
    """Wherever one bit of the info or the signature is turned, nobody vouches for it, or it is of something else."""
    answer = stamp(asked_of(authority), HEAD)
    signed = answer.index(bytes([0x04, 32])) - 8
    for place in (signed, signed + 12, len(answer) - 1, len(answer) - 200):
        turned = answer[:place] + bytes([answer[place] ^ 1]) + answer[place + 1 :]
        with pytest.raises(NotStamped):
            stamp_of(turned, HEAD, [authority.root])


@pytest.mark.parametrize("phase", PHASES)
def test_a_slow_or_endless_authority_is_given_up(phase: str) -> None:
    with slow_peer(PHASES[phase]) as port, pytest.raises(NotStamped) as fault:
        in_time(lambda: stamp(time_stamps.Authority(f"http://127.0.0.1:{port}/"), HEAD, SOON_S))
    if phase not in ENDLESS:
        assert fault.value.why == "TimeoutError"


def test_the_newest_end_is_stamped_once_and_then_waits_no_more(own_database: Database, authority: Authority) -> None:
    use_authority(asked_of(authority))
    organisation = a_story(own_database)
    jobs.sweep()
    jobs.sweep()
    with acting_for(organisation):
        head = signed_head()
    assert head and head.stamp and stamp_of(head.stamp, bytes(head.head), [authority.root]).is_of_content
    assert authority.asked == 1 and waiting() == 0


def carried() -> dict[UUID, int]:
    """How many ends of each organisation that is due were carried outside."""
    return {organisation: carry(organisation, *ends) for organisation, ends in due_to_carry().items()}


def test_of_several_ends_the_newest_alone_is_stamped(own_database: Database, authority: Authority) -> None:
    organisation = a_story(own_database)
    use_authority(time_stamps.Authority("http://127.0.0.1:1/"))
    jobs.sweep()
    another_entry(own_database, organisation)
    jobs.sweep()
    assert waiting() == 2
    use_authority(asked_of(authority))
    tamper(own_database, AT_ONCE, organisation)
    assert carried() == {organisation: 2}
    stamped = own_database.outside("select seq from signed_head where stamp is not null")
    with acting_for(organisation):
        newest = signed_head()
    assert newest and [row["seq"] for row in stamped] == [newest.seq]
    assert authority.asked == 1 and waiting() == 0


def test_after_a_refusal_it_comes_again_later_and_metrics_tell(own_database: Database, authority: Authority) -> None:
    authority.status = 2
    use_authority(asked_of(authority))
    organisation = a_story(own_database)
    for _ in range(3):
        jobs.sweep()
    assert authority.asked == 1, "it is not asked at each tick"
    row = own_database.outside("select attempts, outside_at > now() + interval '30 seconds' as later from signed_head")
    assert row == [{"attempts": 1, "later": True}]
    page = exposition(own_database.config.redis_url).decode()
    assert "meldketen_heads_waiting 1.0" in page and "meldketen_oldest_waiting_head_seconds" in page
    authority.status = 0
    tamper(own_database, AT_ONCE, organisation)
    assert carried() == {organisation: 0}
    assert authority.asked == 1, "the authority rests"
    use_authority(asked_of(authority))
    tamper(own_database, AT_ONCE, organisation)
    assert carried() == {organisation: 1}
    assert stamp_stored(organisation) and waiting() == 0


def test_who_cannot_be_reached_holds_up_one_exchange_of_a_tick(own_database: Database, authority: Authority) -> None:
    """Three organisations wait; after the first failure nobody else asks, and their ends wait."""
    authority.digest = bytes(32)
    use_authority(asked_of(authority))
    for _ in range(3):
        a_story(own_database)
    jobs.sweep()
    assert authority.asked == 1 and waiting() == 3


def test_each_failure_leaves_the_authority_alone_for_longer() -> None:
    now = [0.0]
    turns = Turns(lambda: now[0])
    rests = []
    for _ in range(8):
        turns.begin()
        assert turns.is_open()
        turns.failed()
        begun = now[0]
        while not turns.is_open():
            now[0] += REST_S / 4
            turns.begin()
        rests.append(now[0] - begun)
    assert rests[:3] == [REST_S, REST_S * 2, REST_S * 4] and rests[-1] == LONGEST_REST_S
    turns.stamped()
    now[0] += TICK_S
    assert not turns.is_open(), "a tick has its end"
    turns.begin()
    turns.failed()
    now[0] += REST_S
    turns.begin()
    assert turns.is_open(), "after a stamp it begins anew"


def test_history_verify_counts_what_is_stamped_and_finds_what_was_rewritten(
    own_database: Database, authority: Authority, tmp_path: Path
) -> None:
    use_authority(asked_of(authority))
    organisation = a_story(own_database)
    jobs.sweep()
    another_entry(own_database, organisation)
    plain = json.loads(by_command(own_database, "--json").stdout)["organisations"][0]
    assert (plain["witnessed"], plain["stamped_at"]) == (0, None), "without certificates nobody vouches"
    file = tmp_path / "ca.pem"
    file.write_bytes(authority.root.public_bytes(Encoding.PEM))
    there = trusting(own_database, file)
    ran = by_command(there, "--json")
    assert ran.returncode == 0
    checked = json.loads(ran.stdout)["organisations"][0]
    assert checked["witnessed"] == 3 and checked["stamped_at"].startswith(f"{authority.at:%Y-%m-%dT%H:%M:%S}")
    act = "update history set what = 'never' where organisation_id = :organisation and seq = 2"
    tamper(own_database, f"{act}; {CHAIN_ANEW}; {MOVE_HEAD}", organisation)
    rewritten = by_command(there)
    assert rewritten.returncode == 1 and "tijdstempel" in rewritten.stdout
    tamper(own_database, "update signed_head s set head = (select hash from history h where h.seq = s.seq and"
           " h.organisation_id = s.organisation_id) where organisation_id = :organisation", organisation)  # fmt: skip
    assert by_command(there).returncode == 1, "nor does another end beside the stamp help"


def test_certificates_that_cannot_be_read_are_told_at_the_start(own_database: Database, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no")
    for file in ("no.pem", "none.pem"):
        with pytest.raises(ConfigError, match="TIMESTAMP_CA_FILE"):
            trusted_of(trusting(own_database, tmp_path / file).config)
