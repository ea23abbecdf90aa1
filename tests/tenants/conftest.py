"""A scene with a row in every table: an office, two clients that it told, one that decided, and a third party."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest

from tenants.database import db
from tenants.files.chosen_columns import remember_columns
from tenants.files.parts import keep_content
from tenants.files.uploaded import keep_file
from tenants.form_drafts import keep_answers
from tenants.history.changes import keep_seen, newest_entry
from tenants.history.entries import Entry, record
from tenants.history.signed_heads import sign_head
from tenants.idempotency import earlier_answer, keep_answer
from tenants.identity.api_tokens import add_token
from tenants.identity.attempts import Caller, begin_attempt
from tenants.identity.deputies import add_deputy
from tenants.identity.factor_requests import agree, asked_by_owner
from tenants.identity.identity_providers import set_provider
from tenants.identity.linked_identities import LOGIN, begin_errand, link
from tenants.identity.mailed_links import new_reset
from tenants.identity.passkeys import Passkey, Site, options_for_login
from tenants.identity.recovery import new_recovery_codes
from tenants.identity.refusals import note_refusal
from tenants.identity.sessions import begin_session
from tenants.identity.totp import enrol_totp
from tenants.identity.users import AUDITOR, OWNER, User, make_member
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.organisations.news import remember_elsewhere
from tenants.organisations.organisations import claim_acting_organisation
from tenants.organisations.verification import open_letter
from tenants.register.breaches import breach
from tenants.register.broken_glass import break_it
from tenants.register.escalations import acknowledge_receipt
from tenants.register.incident_ends import keep_end
from tests.conftest import Database
from tests.factories import (
    Office,
    a_member,
    an_assessment,
    an_incident,
    an_office,
    an_organisation,
    an_own_breach,
    let,
    sendgrid_tells,
)
from workflows.catalogue import CATALOGUE
from workflows.decisions.turn_mails import note_turns
from workflows.engine import metrics
from workflows.engine.advance import complete
from workflows.mail.batches import Addressee, plan
from workflows.mail.outbox import Outbox
from workflows.notice.bulk_notice import begin_by_choice, upload_recipients
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.running import jobs
from workflows.running.searches import index_in_time

LINK = "https://meldketen.example/"


@dataclass(frozen=True)
class Scene:
    """Who is in it, and what they have."""

    database: Database
    office: Office
    incident: UUID
    escalation: UUID
    controller: UUID
    breach: UUID
    notice: UUID
    other_controller: UUID
    stranger: UUID


@pytest.fixture(scope="module")
def scene(database: Database) -> Iterator[Scene]:
    outbox = Outbox()
    jobs.use_mail_sender(outbox)
    office, stranger = an_office(clients=2), an_organisation("Een derde")
    an_own_breach(stranger)
    incident = an_incident(office)
    with acting_for(office.id):
        keep_end(incident.id, office.officer.id, "De klanten zijn gebeld")
    jobs.drain(str(office.id))
    sendgrid_tells(outbox.mails)
    jobs.drain(str(office.id))
    metrics.write_metrics("worker")
    database.outside("insert into set_up_link (token_hash, expires_at) values ('hash', now())")
    first, other = database.outside("select * from escalation order by id")
    let(database.config.owner_url(), first["controller_id"], "letter", "Brief", lambda act: open_letter(act, "ABCD"))
    notice = _decides(first["controller_id"], first["breach_id"], office.id)
    index_in_time()
    database.outside("insert into search_pending (organisation_id, kind, subject_id) values (:o, 'client', uuidv7())",
                     o=office.id)
    yield Scene(
        database, office, incident.id, first["id"], first["controller_id"], first["breach_id"], notice,
        other["controller_id"], stranger,
    )  # fmt: skip


def _lets_others_in(controller: UUID, who: UUID) -> None:
    values = {"name": "Login", "issuer": "https://login.example", "client_id": "c", "client_secret": "s"}
    with acting_for(controller):
        add_token("koppeling", ["read"], 1, who)
        set_provider(values | {"proof_acr": []})
        link(who, "https://login.example", "subject")
        begin_errand(controller, LOGIN)


def _has_ways_to_log_in(user_id: UUID, place: UUID) -> None:
    agree(asked_by_owner(user_id, place, user_id), place, user_id)
    begin_attempt("password", "someone@example.nl", Caller("192.0.2.1"))
    enrol_totp(user_id, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    new_recovery_codes(user_id)
    new_reset(user_id)
    options_for_login(Site("https://meldketen.example"))
    db.session.add(Passkey(user_id=user_id, credential_id=b"id", public_key=b"key", sign_count=0, name="Laptop"))
    db.session.flush()


def _decides(controller: UUID, breach_id: UUID, office: UUID) -> UUID:
    someone, owner = a_member(controller), a_member(controller, OWNER)
    assert someone.id and owner.id
    with acting_for_nobody():
        begin_session(db.session.get_one(User, someone.id))
        _has_ways_to_log_in(someone.id, controller)
    _lets_others_in(controller, someone.id)
    note_turns(controller, CATALOGUE, 500)
    with acting_for(controller):
        claim_acting_organisation()
        acknowledge_receipt(breach_id, someone)
        run = complete(AP_NOTIFICATION, breach_id, "assess", someone, "privacy_officer", an_assessment())
        break_it(run.id, "approve", (owner.id, None, owner.name), "Er is vandaag echt niemand anders")
        file = keep_file("hits", None, someone.id, bytes(32), {"name": "lijst.csv"})
        keep_content(file.id, BytesIO(b"klantnummer"))
        remember_columns("hits", ["klantnummer"], {})
        keep_answers(breach_id, owner.id, {"reason": ["Nog niet af"]})
        keep_seen(owner.id, newest_entry())
        add_deputy(someone.id, owner.id, database_now(), database_now() + timedelta(days=1), "Ziek", owner.id)
        note_refusal(someone.id, "approve")
        notice = begin_by_choice(breach(breach_id), someone)
        record([Entry("breach", breach_id, "escalation.called", someone, {}, {"note": "Sprak met Jan"})])
        sign_head(outside=True)
        make_member(owner.id, office, AUDITOR)
        remember_elsewhere(owner.id, "user.factor_asked", owner, to_owners=True)
        upload_recipients(notice.id, [Addressee("Jan", "jan@example.nl")], someone, "privacy_officer")
        assert earlier_answer("a-key", b"hash") is None
        plan("security", "security", {"what": "x"}, [(someone.id, Addressee("A", "a@example.nl", {"link": LINK}))])
        invited = {"organisation": "x", "whose": ""}
        plan("invitation", "invitation", invited, [(someone.id, Addressee("B", "b@example.nl", {"link": LINK}))])
        keep_answer("a-key", 201, {"id": str(notice.id)})
        return notice.id
