"""Notices that wait: which of them wait again when a proof ends, and which ones the operator lets go."""

from uuid import UUID, uuid4

import pytest

from tests.conftest import Database
from tests.factories import an_organisation, let
from workflows.trust.allowing import let_mail_go

STATES = {
    "planned": "'planned', null, null", "until tomorrow": "'held', 'organisation', now() + interval '1 day'",
    "for a person": "'held', 'organisation', null", "accepted": "'accepted', null, null",
}  # fmt: skip
UNPROVEN = ("held", "not_verified", None)


def a_batch(database: Database, organisation: UUID, state: str, purpose: str = "notice") -> UUID:
    """What it is about."""
    about = uuid4()
    database.outside(
        f"""insert into mail_batch (organisation_id, purpose, about_id, text_key, locale, state, held_for, held_until)
            values (:o, :purpose, :about, :purpose, 'nl', {STATES[state]})""",
        o=organisation, purpose=purpose, about=about,
    )  # fmt: skip
    return about


def state_of(database: Database, about: UUID) -> tuple[str, str | None, object]:
    query = "select state, held_for, held_until from mail_batch where about_id = :about"
    [row] = database.outside(query, about=about)
    return row["state"], row["held_for"], row["held_until"]


@pytest.mark.parametrize("state", ["planned", "until tomorrow", "for a person"])
def test_a_notice_that_was_not_sent_waits_again_when_the_proof_ends(database: Database, state: str):
    """And nothing else does: what was sent, other mail, and the notices of others stay as they are."""
    organisation, other = an_organisation(), an_organisation()
    notice = a_batch(database, organisation, state)
    rest = [a_batch(database, organisation, "accepted"), a_batch(database, organisation, state, "invitation"),
            a_batch(database, other, state)]  # fmt: skip
    before = [state_of(database, about) for about in rest]
    unproven = "update organisation set verified_at = null, verified_how = null where id = :o"
    database.outside(unproven, o=organisation)
    assert state_of(database, notice) == UNPROVEN
    assert [state_of(database, about) for about in rest] == before


def test_the_operator_lets_go_the_mail_of_one_notice_alone(database: Database):
    organisation, url = an_organisation(), database.config.owner_url()
    first, other = (a_batch(database, organisation, "for a person") for _ in range(2))
    planned = a_batch(database, organisation, "planned")
    before = state_of(database, other)
    assert let(url, organisation, "release_mail", "Gebeld met de eigenaar", let_mail_go, first) == 1
    assert state_of(database, first) == state_of(database, planned) == ("planned", None, None)
    assert state_of(database, other) == before
