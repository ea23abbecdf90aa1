"""One organisation, two registers: an owner of both joins them; the joined one is read and never written any more."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tenants.agreements.consents import Consent
from tenants.agreements.processing_agreements import ProcessingAgreement
from tenants.database import db
from tenants.errors import AlreadyDone, Invalid, NotAllowed, NotFound
from tenants.history.entries import of_subject
from tenants.history.witness import verify_acting_organisation
from tenants.identity.users import AUDITOR, OWNER, PRIVACY_OFFICER, make_member, places_of
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.joining import join_register
from tests.conftest import WITHIN_S, Database, until
from tests.factories import a_member, an_incident, an_office, an_own_breach, verified
from tests.worlds.two_registers import TwoRegisters
from workflows.mail.outbox import Outbox
from workflows.running import jobs
from workflows.trust.joining import joinable

COMES = (
    "select from organisation where id = :old for no key update",
    """insert into consent (controller_id, processor_id, state, how, answered_at)
       values (:old, :office, 'accepted', 'claimed', now())""",
    "update agreed_service set controller_id = :old where processor_id = :office",
    "update processing_agreement set controller_id = :old where processor_id = :office",
)  # fmt: skip


@pytest.fixture
def twice(own_database: Database) -> TwoRegisters:
    return TwoRegisters(own_database)


def test_agreements_and_consent_move_and_both_histories_name_the_other(twice: TwoRegisters):
    assert twice.join() == 1
    with acting_for(twice.office.id):
        assert db.session.scalars(select(ProcessingAgreement.controller_id)).one() == twice.goes_on
        assert "client.register_joined" in [e.what for e in of_subject(twice.office.id)]
    for here, there, what in ((twice.goes_on, twice.old, "in"), (twice.old, twice.goes_on, "into")):
        with acting_for(here):
            [entry] = [e for e in of_subject(here) if e.what == f"register.joined_{what}"]
            assert entry.details["register"] == str(there) and verify_acting_organisation().ok
    with acting_for(twice.goes_on):
        assert [c.state for c in db.session.scalars(select(Consent))] == ["accepted"]
    an_incident(twice.office)
    [row] = twice.database.outside("select controller_id from escalation")
    assert row["controller_id"] == twice.goes_on


def test_the_joined_one_is_read_by_who_is_in_both_and_never_written(twice: TwoRegisters):
    other = a_member(twice.old, PRIVACY_OFFICER, "Ook hier")
    with acting_for_nobody():
        assert other.id
        make_member(other.id, twice.goes_on, AUDITOR)
    own = an_own_breach(twice.old, twice.owner)
    twice.database.outside("update run set state = 'done', finished_at = now() where subject_id = :b", b=own)
    twice.join()
    with acting_for_nobody():
        assert twice.owner.id and {place.role for place in places_of(other.id)} == {AUDITOR}
        roles = {place.organisation_id: place.role for place in places_of(twice.owner.id)}
    assert roles == {twice.old: AUDITOR, twice.goes_on: OWNER}
    with acting_for(twice.old):
        assert db.session.scalar(text("select count(*) from breach")) == 1
    for statement in ("update breach set title = 'x'", "insert into notice select * from notice",
                      "insert into breach select * from breach"):  # fmt: skip
        with pytest.raises(DBAPIError, match="joined into another"), acting_for(twice.old):
            db.session.execute(text(statement))


@pytest.mark.parametrize("role", [PRIVACY_OFFICER, AUDITOR])
@pytest.mark.parametrize("place", ["old", "goes_on"])
def test_only_an_owner_of_both_registers_may_join_them(twice: TwoRegisters, role: str, place: str):
    twice.seat(getattr(twice, place), role)
    with acting_for(twice.goes_on):
        assert joinable(twice.owner) == [] and twice.owner.id
        assert join_register(twice.old, twice.owner.id) is None
    with pytest.raises(NotFound):
        twice.join()


def test_joining_asks_for_a_fresh_proof_of_the_owner_in_person(twice: TwoRegisters):
    with pytest.raises(NotAllowed):
        twice.join(replace(twice.owner, proven_at=None))
    with pytest.raises(NotFound):
        twice.join(replace(twice.owner, for_id=twice.owner.id))


NOT: dict[str, str] = {
    "another number": "update organisation set kvk_number = '87654321' where id = :old",
    "not in use": "update organisation set claimed_at = null where id = :old",
    "joined before": """set local session_replication_role = replica;
        update organisation set joined_into = (select min(id::text)::uuid from organisation)
         where made_by is not null""",
    "a seat that does not count yet": "update membership set counts_from = now() + interval '1 day'",
}


@pytest.mark.parametrize("change", NOT)
def test_joining_is_refused_unless_both_registers_are_of_one_organisation_in_use(twice: TwoRegisters, change: str):
    used = {name: getattr(twice, name) for name in ("old", "goes_on") if f":{name}" in NOT[change]}
    twice.database.outside(NOT[change], **used)
    with pytest.raises(NotAllowed if "seat" in change else NotFound):
        twice.join()


def test_what_is_open_there_is_finished_first(twice: TwoRegisters):
    an_own_breach(twice.old, twice.owner)
    with pytest.raises(Invalid) as refusal:
        twice.join()
    assert (refusal.value.key, refusal.value.values["count"]) == ("joining.open_dossiers", 1)


def refusal_of(twice: TwoRegisters) -> str:
    """Why it is not joined; the database refuses it as well, and the agreements stay."""
    with pytest.raises(Invalid) as refusal:
        twice.join()
    with acting_for(twice.goes_on):
        assert twice.owner.id and join_register(twice.old, twice.owner.id) is None
    [row] = twice.database.outside("select controller_id from processing_agreement")
    assert row["controller_id"] == twice.old
    return refusal.value.key


def test_a_verified_register_is_not_joined_into_one_that_proved_nothing(twice: TwoRegisters):
    verified(twice.database.config.owner_url(), twice.old)
    twice.database.outside("update organisation set verified_at = null, verified_how = null where id = :o",
                           o=twice.goes_on)  # fmt: skip
    assert refusal_of(twice) == "joining.loses_proof"


@pytest.mark.parametrize("there", [PRIVACY_OFFICER, OWNER])
def test_joining_is_refused_while_a_member_would_lose_their_seat(twice: TwoRegisters, there: str):
    """Whoever works there has a place here first; another owner is an owner here, and counts."""
    bert = a_member(twice.old, there, "Bert")
    assert bert.id and refusal_of(twice) == "joining.without_place"
    with acting_for_nobody():
        make_member(bert.id, twice.goes_on, AUDITOR if there == OWNER else PRIVACY_OFFICER)
    if there == OWNER:
        assert refusal_of(twice) == "joining.without_place"
        with acting_for_nobody():
            make_member(bert.id, twice.goes_on, OWNER)
        seat = {"o": twice.goes_on, "u": bert.id}
        twice.database.outside("""update membership set counts_from = now() + interval '1 day'
                                   where organisation_id = :o and user_id = :u""", **seat)  # fmt: skip
        assert refusal_of(twice) == "joining.without_place"
        twice.database.outside("""update membership set counts_from = null
                                   where organisation_id = :o and user_id = :u""", **seat)  # fmt: skip
    assert twice.join() == 1
    with acting_for_nobody():
        assert {place.organisation_id for place in places_of(bert.id)} == {twice.old, twice.goes_on}


def test_everybody_of_both_registers_and_the_office_is_mailed(twice: TwoRegisters, outbox: Outbox):
    twice.join()
    for organisation in (twice.old, twice.goes_on, twice.office.id):
        while jobs.drain(str(organisation)):
            pass
    rows = twice.database.outside("select organisation_id, text_key from mail_batch where text_key like '%joined%'")
    assert {(row["organisation_id"], row["text_key"]) for row in rows} == {
        (twice.old, "register_joined_into"), (twice.goes_on, "register_joined_in"),
        (twice.office.id, "client_register_joined")}  # fmt: skip


def test_an_office_stays_what_it_is(twice: TwoRegisters):
    twice.database.outside("""
        set local session_replication_role = replica;
        update processing_agreement set processor_id = controller_id""")
    with pytest.raises(Invalid) as refusal:
        twice.join()
    assert refusal.value.key == "joining.office"


def test_an_office_that_escalates_at_that_moment_ends_first(twice: TwoRegisters):
    """Its agreement was read already: else the breach would come into a register that nobody goes on in."""
    own = an_own_breach(twice.old, twice.owner)
    twice.database.outside("update run set state = 'done', finished_at = now() where subject_id = :b", b=own)
    with twice.database.superuser.connect() as other:
        held = text("select from register_counter where organisation_id = :o for update")
        other.execute(held, {"o": twice.old})  # the office waits for its number here
        escalated = twice.database.elsewhere(an_incident, twice.office)
        twice.database.wait_until_blocked()
        joined = twice.database.elsewhere(twice.join)
        until(lambda: joined.done() or twice.database.blocked() >= 2)
        other.rollback()
    escalated.result()
    with pytest.raises(AlreadyDone):
        joined.result()
    [row] = twice.database.outside("""
        select e.controller_id, a.controller_id as agreed_with
          from escalation e join processing_agreement a on a.id = e.agreement_id""")
    assert row["controller_id"] == row["agreed_with"] == twice.old


def test_an_office_that_comes_while_it_waits_hears_of_it_too(twice: TwoRegisters):
    other = an_office(clients=1)
    values = {"office": other.id, "old": twice.old}
    with twice.database.superuser.connect() as holder:
        holder.execute(text("set local session_replication_role = replica"))
        for statement in COMES:
            holder.execute(text(statement), {name: values[name] for name in values if f":{name}" in statement})
        joining = twice.database.elsewhere(twice.join)
        twice.database.wait_until_blocked()
        holder.commit()
    assert joining.result(WITHIN_S) == 2
    rows = twice.database.outside("select organisation_id from news where what = 'client_register_joined'")
    assert {row["organisation_id"] for row in rows} == {twice.office.id, other.id}
