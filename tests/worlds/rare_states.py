"""Organisations in states that most never see: people who come, go or lost something, and acts of somebody alone."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import pyotp

from tenants.database import db
from tenants.form_drafts import About, Page, save_draft
from tenants.history.entries import Actor
from tenants.identity.factor_requests import new_link
from tenants.identity.identity_providers import set_provider
from tenants.identity.linked_identities import link
from tenants.identity.passkeys import Passkey
from tenants.identity.recovery import new_recovery_codes
from tenants.identity.totp import enrol_totp
from tenants.identity.users import APPROVER, FG, HANDLER, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, a_member, an_assessment, an_organisation, an_own_breach, proven
from tests.operator_commands import a_letter
from tests.pages.conftest import slug_of
from tests.pages.worlds import SUBMITTED, WHY, Login, OneOwner
from tests.worlds.old_register import BARE, LAPTOP, an_old_register
from tests.worlds.two_registers import TwoRegisters
from tests.worlds.waiting_approvals import WaitingApprovals
from workflows.accounts.deputising import appoint
from workflows.accounts.ending_owners import ask_to_end
from workflows.accounts.tokens import make_token
from workflows.engine.advance import complete
from workflows.mail.batches import Addressee
from workflows.notice.bulk_notice import BULK_NOTICE, begin_by_choice, upload_recipients
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.notification.supplement import supplement_facts

ISSUER = "https://login.zon.example"
PROVIDER = {"name": "Entra", "issuer": ISSUER, "client_id": "meldketen", "client_secret": "geheim", "proof_acr": []}
WAITS = "update membership set counts_from = now() + interval '1 day', given_by = :by where user_id = :who"
DUE = """
    update factor_request set asked_at = now() - interval '4 days', counts_at = now() - interval '1 day'
     where user_id = :who"""


@dataclass
class House:
    """An organisation, the people whose pages are looked at, and addresses that no page links to.

    `is_whole` is whether all its pages are looked at. Of an organisation in a rare state only these addresses are.
    """

    id: UUID
    people: dict[str, Actor]
    addresses: list[str] = field(default_factory=list)
    is_whole: bool = True

    @classmethod
    def of(cls, organisation: UUID, *roles: str, **people: Actor) -> "House":
        """Return the organisation with these people, and somebody new of each of these roles whom it lacks."""
        lacking = [role for role in roles if role not in people]
        return cls(organisation, people | {role: a_member(organisation, role, role) for role in lacking})

    @classmethod
    def rare(cls, organisation: UUID, people: dict[str, Actor], *paths: str, **more: str) -> "House":
        """Return the organisation whose pages of these paths are looked at, with its overview."""
        base = f"/o/{slug_of(organisation)}"
        return cls(organisation, people, [*more.values(), *(f"{base}{path}" for path in ("/", *paths))], is_whole=False)


def rare_houses(database: Database, reader: Login) -> list[House]:
    """Return the organisations of this module."""
    return [
        _of_two_registers(database), _joined(database), _people_who_change(database), _unproven(database),
        _drafted_by_its_owner(), _done_alone(reader), _changed_since(), _of_an_old_register(),
    ]  # fmt: skip


def _of_two_registers(database: Database) -> House:
    """Return a register whose owner may join another one of the same organisation to it."""
    twice = TwoRegisters(database)
    return House.rare(twice.goes_on, {OWNER: twice.owner}, "/processors", f"/registers/{twice.old}")


def _of_an_old_register() -> House:
    """Return a register that took over an old one, with a breach that had a number and one that had none."""
    old = an_old_register([LAPTOP, BARE])
    pages = [f"/breaches/{old.breach_id(reference)}" for reference in ("DL-2023-007", "oud-0001")]
    return House.rare(old.id, {PRIVACY_OFFICER: old.officer}, "/register", *pages)


def _joined(database: Database) -> House:
    """Return a register into which another one was joined, whose owner reads the histories of both."""
    twice = TwoRegisters(database)
    for register in (twice.old, twice.goes_on):
        an_own_breach(register)
        database.outside("update run set state = 'done' where organisation_id = :o", o=register)
        database.outside("update step set state = 'cancelled' where organisation_id = :o", o=register)
    twice.join()
    return House.rare(twice.goes_on, {OWNER: twice.owner}, "/processors", f"/registers/{twice.old}/histories")


def _people_who_change(database: Database) -> House:
    """Return an organisation with a provider, a deputy and a key, where somebody comes, goes and lost a factor."""
    here = an_organisation("Bakkerij Zon")
    olga, anna, bo = (a_member(here, OWNER, name) for name in ("Olga", "Anna", "Bo"))
    new, lost, linked = a_member(here, APPROVER, "Adam"), a_member(here, HANDLER, "Hugo"), a_member(here, FG, "Fatima")
    with acting_for(here):
        assert anna.id and new.id and lost.id and linked.id
        ask_to_end(anna.id, bo)
        now = database_now()
        appoint(linked.id, lost.id, now, now + timedelta(days=7), "Vakantie", olga)
        make_token({"name": "Dossiersysteem", "scopes": ["read"], "days": 30}, olga)
        set_provider(PROVIDER)
        link(linked.id, ISSUER, "fatima")
    database.outside(WAITS, by=anna.id, who=new.id)
    _has_every_factor(olga)
    _lost_factor(database, lost)
    own = {name: f"/{name}" for name in ("account", "proof", "proof/lost", f"proof/lost/seats/{slug_of(here)}")}
    paths = (
        "/people", f"/people/{anna.id}/ending", f"/people/{new.id}/agreement", f"/people/{lost.id}/removal",
        "/deputies", "/tokens", "/provider", "/provider/link", "/provider/removal",
    )  # fmt: skip
    return House.rare(here, {OWNER: olga, FG: linked, HANDLER: lost}, *paths, gate=f"/login/{slug_of(here)}", **own)


def _has_every_factor(who: Actor) -> None:
    """Give this person a passkey, an app and recovery codes besides the password."""
    assert who.id
    with acting_for_nobody():
        enrol_totp(who.id, pyotp.random_base32())
        new_recovery_codes(who.id)
        key = Passkey(user_id=who.id, credential_id=who.id.bytes, public_key=b"x", sign_count=0, name="Laptop")
        db.session.add(key)


def _lost_factor(database: Database, who: Actor) -> None:
    """Let the wait of this person, who lost the factor and opened the mailed link, be over."""
    assert who.id
    with acting_for_nobody():
        enrol_totp(who.id, pyotp.random_base32())
        assert new_link(who.id)
    database.outside(DUE, who=who.id)


def _unproven(database: Database) -> House:
    """Return a register of which nobody proved whose it is; a letter with a code is on its way."""
    here = an_organisation("Fietsenwinkel", is_verified=False)
    database.outside("update organisation set kvk_number = '68750110' where id = :o", o=here)
    a_letter(database, here)
    return House.rare(here, {role: a_member(here, role) for role in (OWNER, HANDLER)}, "/verification")


def _drafted_by_its_owner() -> House:
    """Return a controller whose owner drafted a notification and a notice, which somebody else approves, and began two
    forms that are not sent."""
    here = an_organisation("Slagerij")
    owner, other = a_member(here, OWNER, "Saar"), a_member(here)
    a_member(here, APPROVER, "Adam")
    breach_id = an_own_breach(here, owner)
    with acting_for(here):
        complete(AP_NOTIFICATION, breach_id, "assess", owner, OWNER, an_assessment())
        complete(AP_NOTIFICATION, breach_id, "draft", owner, OWNER, {"decision": "notify", "reason": "Risico"})
        notice = begin_by_choice(breach(breach_id), owner).id
        upload_recipients(notice, [Addressee("A", "a@x.nl")], other, PRIVACY_OFFICER)
        complete(BULK_NOTICE, notice, "text", owner, OWNER, dict(NOTICE_TEXT))
        assert owner.id is not None
        typed = {"title": ["Laptop gestolen"]}
        new = save_draft(About(owner.id, "own_breach"), Page(uuid4(), 0, uuid4()), typed).draft_id
        facts = save_draft(About(owner.id, "facts", breach_id), Page(uuid4(), 0, uuid4()), typed).draft_id
    removals = f"/drafts/own_breach/removal/{new}", f"/drafts/facts/{breach_id}/removal/{facts}"
    return House.rare(here, {OWNER: owner}, f"/breaches/{breach_id}", f"/notices/{notice}", *removals)


def _done_alone(reader: Login) -> House:
    """Return an organisation whose owner notified alone; a colleague who came later may review it."""
    alone = OneOwner(reader)
    alone.wim.done(f"{alone.page}/alone", SUBMITTED | {"alone_reason": WHY}, seen=alone.page)
    people = {OWNER: alone.owner, FG: a_member(alone.id, FG)}
    return House.rare(alone.id, people, "/broken-glass", f"/breaches/{alone.breach}")


def _changed_since() -> House:
    """Return a controller of whose breach the facts changed after the approval."""
    there = WaitingApprovals().approved()
    with acting_for(there.id):
        supplement_facts(there.breach, {"data": ["name", "bsn"]}, 7, 9, proven(there.officer))
    people = {APPROVER: there.approver, PRIVACY_OFFICER: there.officer}
    return House.rare(there.id, people, f"/breaches/{there.breach}")
