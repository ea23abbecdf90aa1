"""Organisations whose people look at pages: a controller, one person alone, an office with clients."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from tenants.agreements.processing_agreements import register_clients
from tenants.database import db
from tenants.history.entries import Actor, of_subject
from tenants.identity.invitations import new_invitation
from tenants.identity.users import APPROVER, HANDLER, OWNER
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.organisations.organisations import claim_acting_organisation, found_organisation
from tenants.register.breaches import Breach, breach
from tenants.register.escalations import Escalation, board
from tenants.register.notices import notice_of_breach
from tests.conftest import Database
from tests.factories import Office, a_client, a_member, an_incident, an_office, an_organisation, an_own_breach, verified
from tests.pages.conftest import Reader, slug_of, typed_assessment
from tests.pages.forms import local
from tests.service.stating import Stated, a_stated_awareness
from workflows.escalation.escalation import make_aware
from workflows.escalation.incident import ClientHit
from workflows.trust.consenting import answer

Login = Callable[[Actor], Reader]
WHY = "Ik ben de enige in dit bedrijf en de termijn loopt af"
SUBMITTED = {"submitted_at": local(0), "authority_number": "AP-2026-9"}
READERS_CSV = "naam;email\nAnna;anna@lezer.nl\nBram;bram@lezer.nl\nChris;chris@lezer.nl"
READERS = {
    f"people.{n}.{column}": value for n, name in enumerate(("Anna", "Bram", "Chris"))
    for column, value in (("name", name), ("email", f"{name.lower()}@lezer.nl"))
}  # fmt: skip
"""The same people, row by row."""
ADDRESS = "fg@client.example"
_number = count(69_310_000)
HERS = {"name": "Wim van der Meer", "email": "wim@bakkerij.example", "phone": "010 555 01 01"}
OTHERS = {"name": "Geheim Contact", "email": "geheim@ander.example"}


class Controller:
    """An organisation with an officer, an approver, a handler, and a breach of its own."""

    def __init__(self, reader: Login, hours_ago: float = 1) -> None:
        self.id = an_organisation("Bakkerij")
        self.officer, self.approver = a_member(self.id, name="Olga"), a_member(self.id, APPROVER, name="Adam")
        self.handler = a_member(self.id, HANDLER, name="Hugo")
        self.breach = an_own_breach(self.id, self.officer, hours_ago)
        self.olga, self.adam, self.hugo = reader(self.officer), reader(self.approver), reader(self.handler)
        self.base = f"/o/{slug_of(self.id)}"
        self.page = f"{self.base}/breaches/{self.breach}"

    def do(self, who: Reader, step: str, **form: Any) -> str:
        """A step that is accepted."""
        return who.done(f"{self.page}/steps/{step}", form, seen=self.page)


class OneOwner:
    """An organisation of one person, who has drafted a notification."""

    def __init__(self, reader: Login) -> None:
        self.id = an_organisation("Eenmanszaak")
        self.owner = a_member(self.id, OWNER, "Wim")
        self.breach: UUID = an_own_breach(self.id, self.owner)
        self.wim = reader(self.owner)
        self.base = f"/o/{slug_of(self.id)}"
        self.page = f"{self.base}/breaches/{self.breach}"
        self.do("assess", **typed_assessment())
        self.do("draft", decision="notify", reason="Er is een risico")

    def do(self, step: str, **form: str) -> str:
        """A step that the owner may simply do."""
        return self.wim.done(f"{self.page}/steps/{step}", form, seen=self.page)


class OfficeOfDeciders:
    """An office with three clients that were told: one decides alone, one with several people, one not yet."""

    def __init__(self, reader: Login) -> None:
        self.office: Office = an_office(clients=3)
        self.incident: UUID = an_incident(self.office).id
        self.reader = reader
        with acting_for(self.office.id):
            at = database_now() - timedelta(hours=1)
            make_aware({row.id: (at, "phone") for row in board(self.incident, 9)})
        self.at = f"/o/{slug_of(self.office.id)}/incidents/{self.incident}"
        self.alone, self.together, self.open = self.rows()

    def rows(self) -> list[Escalation]:
        with acting_for(self.office.id):
            return sorted(board(self.incident, 9), key=lambda row: row.controller_name)

    def opened(self, row: Escalation, risk: str = "risk") -> tuple[Reader, str]:
        """The owner of this client, who drafted a decision, and the page of the breach."""
        with acting_for(row.controller_id):
            claim_acting_organisation()
        who = self.reader(a_member(row.controller_id, OWNER, "Wim"))
        page = f"/o/{slug_of(row.controller_id)}/breaches/{row.breach_id}"
        decision = "do_not_notify" if risk == "unlikely" else "notify"
        who.done(f"{page}/steps/assess", typed_assessment(risk), seen=page)
        who.done(f"{page}/steps/draft", {"decision": decision, "reason": "Zo is het"}, seen=page)
        return who, page

    def told(self, row: Escalation) -> list[dict[str, Any]]:
        """What the office's own history says of the decisions about this client."""
        with acting_for(self.office.id):
            return [entry.details for entry in of_subject(row.id) if entry.what == "escalation.decided"]


class AwareAsStated:
    """A controller whose clock runs on what its office stated: an hour ago, when it had known for four hours."""

    def __init__(self, reader: Callable[[Actor], Reader]) -> None:
        self.stated: Stated = a_stated_awareness(hours_ago=1, found_before=4)
        self.id: UUID = self.stated.id
        self.bram = reader(self.stated.by)
        self.adam = reader(a_member(self.id, APPROVER, "Adam"))
        self.hugo = reader(a_member(self.id, HANDLER, "Hugo"))
        self.page = f"/o/{slug_of(self.id)}/breaches/{self.stated.breach}"
        self.at = f"{self.page}/awareness"

    @property
    def breach(self) -> Breach:
        with acting_for(self.id):
            return breach(self.stated.breach)

    def do(self, who: Reader, step: str, **form: str) -> str:
        return who.done(f"{self.page}/steps/{step}", form, seen=self.page)

    def approved(self) -> None:
        self.do(self.bram, "assess", **typed_assessment())
        self.do(self.bram, "draft", decision="notify", reason="Er is een risico")
        self.do(self.adam, "approve", agrees="true")


def a_begun_notice(reader: Login) -> Controller:
    """A controller that has begun a notice by its own choice."""
    there = Controller(reader)
    there.olga.done(f"{there.page}/notice", {}, seen=there.page)
    with acting_for(there.id):
        notice = notice_of_breach(there.breach)
        assert notice is not None
        there.page, there.code = f"{there.base}/notices/{notice.id}", notice.check_code  # type: ignore[attr-defined]
    return there


class MailedLink:
    """An office with a telephone that escalated to a client and mailed the client a link."""

    def __init__(self, database: Database, phone: str | None = "020 123 45 67") -> None:
        self.database, self.office = database, an_office(1)
        incident = an_incident(self.office, contact_phone=phone)
        row = database.outside("select * from escalation where incident_id = :incident", incident=incident.id)[0]
        self.breach: UUID = row["breach_id"]
        self.client: UUID = row["controller_id"]
        with acting_for(self.office.id):
            token, invitation = new_invitation(self.client, ADDRESS, OWNER, self.breach, database_now())
            db.session.add(invitation)
        self.path = f"/receipt/{token}"

    def aware(self, how: str, ago: str, stated: bool = False) -> None:
        """The clock runs since so long ago; `stated`: on the word of the office alone."""
        self.database.outside(
            f"""update breach set became_aware_at = now() - interval '{ago}', aware_how = :how,
                  alarm_at = now() - interval '{ago}' + interval '72 hours',
                  due_at = now() - interval '{ago}' + interval '72 hours', terms = '{{"name": "33(1)/2018-05-25"}}'
                 where id = :id""",
            how=how, id=self.breach,
        )  # fmt: skip
        if stated:
            self.database.outside(
                "update breach set stated_aware_at = became_aware_at, stated_aware_how = :how, stated_by = "
                "'De Linde Accountants' where id = :id", how=how, id=self.breach,
            )  # fmt: skip


class AskedAboutIncident:
    """A verified organisation, and an office that says that it works for it and wrote about an incident."""

    def __init__(self, database: Database) -> None:
        self.number = str(next(_number))
        self.office = an_office(clients=0)
        database.outside("update organisation set kvk_number = '68750110' where id = :o", o=self.office.id)
        terms = {"kvk_number": self.number, "name": "Bakkerij volgens De Linde", "contacts": [HERS]}
        with acting_for(self.office.id):
            register_clients([
                a_client(1, **terms, services={"payroll_bare": "processor", "audit": "controller"}),
                a_client(2, contacts=[OTHERS], name="Een andere klant", client_number="K0002"),
            ])  # fmt: skip
        self.incident = an_incident(self.office, [ClientHit(1, "K0001", 5, 5)])
        with acting_for_nobody():
            self.id = found_organisation(f"bakkerij-{self.number}", "Bakkerij", self.number)
        verified(database.config.owner_url(), self.id)
        self.by = a_member(self.id)
        self.base = f"/o/{slug_of(self.id)}"

    def answers(self, answered: str) -> None:
        with acting_for(self.id):
            answer(self.office.id, answered, self.by)
