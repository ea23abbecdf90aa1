"""The dossier of a client, for its office: what was agreed over time, what was escalated, and what to do next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.client_standing import standing_among
from tenants.agreements.clients import Agreement, Client, client_of
from tenants.agreements.contact_standing import failing, works
from tenants.agreements.contact_states import ContactState, states_of
from tenants.database import db
from tenants.isolation import acting_organisation, database_now

SOON = timedelta(days=60)
"""How long before its end an agreement is to be renewed."""
MOST = 50
CHECK_CONTACT, INFORM, ADD_CONTACT, RENEW_SOON = "check_contact", "inform", "add_contact", "renew_soon"
SAID_NO, BOUNCED = "contact_said_no", "contact_bounced"
ENDED, NOT_ACCEPTED, NOTHING = "ended", "not_accepted", "nothing"
NEXT = (CHECK_CONTACT, INFORM, ENDED, SAID_NO, BOUNCED, ADD_CONTACT, RENEW_SOON, NOT_ACCEPTED, NOTHING)
"""What an office does next for a client: the first of these that holds."""
STATE = {CHECK_CONTACT: "doubted", SAID_NO: "said_no", BOUNCED: "bounced"}
"""The state of the contact that a step is about."""
# A message of before the client ended the office is in another register by now, and is about this client too.
ESCALATED = text("""
    with about as (
      select e.id from escalation e where e.processor_id = :office and e.controller_id = :register
      union
      select e.id from incident_client c
        join escalation e on e.processor_id = c.organisation_id and e.incident_id = c.incident_id
         and e.agreement_id = c.agreement_id
       where c.organisation_id = :office and c.agreement_id = any(:agreements))
    select e.id, e.incident_id, i.reference, i.title, e.created_at, e.hours_agreed, e.alarm_at, e.informed_at,
           e.acknowledged_at, e.decision, e.decided_at
      from about join escalation e on e.processor_id = :office and e.id = about.id
      join incident i on i.organisation_id = e.processor_id and i.id = e.incident_id
     order by e.id desc limit :most""")


@dataclass(frozen=True)
class Escalated:
    """One message to the client about an incident. `alarm_at`: the end of the hours that were agreed when it began."""

    escalation_id: UUID
    incident_id: UUID
    reference: str
    title: str
    opened_at: datetime
    hours_agreed: int | None
    alarm_at: datetime
    informed_at: datetime | None
    acknowledged_at: datetime | None
    decision: str | None
    decided_at: datetime | None


@dataclass(frozen=True)
class ClientDossier:
    """One client of the acting office."""

    client: Client
    now: datetime

    @property
    def current(self) -> Agreement:
        """The agreement in force today, or the next one, or the last one."""
        return self.client.current

    @cached_property
    def standing(self) -> dict[str, Any]:
        """Whether it is proven whose register it is, and whether the client accepted the office, as values of a row."""
        register = self.current.controller_id
        return standing_among([register]).of(register, self.current.controller_name)

    @cached_property
    def escalated(self) -> list[Escalated]:
        """The messages to this client, the newest first, at most MOST."""
        values = {
            "office": acting_organisation(), "register": self.current.controller_id, "most": MOST,
            "agreements": [agreement.id for agreement in self.client.agreements],
        }  # fmt: skip
        return [Escalated(*row) for row in db.session.execute(ESCALATED, values)]

    @cached_property
    def contact_states(self) -> list[ContactState]:
        """How each contact of the current agreement stands, in their order."""
        return states_of([self.current.contacts])[0]

    @property
    def next_contact(self) -> tuple[dict[str, Any], ContactState] | None:
        """The contact of the current agreement that the next step is about, and how it stands; None for no contact."""
        return self._first_that_is(STATE.get(self.next, ""))

    def _first_that_is(self, state: str) -> tuple[dict[str, Any], ContactState] | None:
        pairs = zip(self.current.contacts, self.contact_states, strict=True)
        return next((pair for pair in pairs if pair[1].state == state), None)

    @cached_property
    def has_working_contact(self) -> bool:
        """Whether somebody can be reached at one of the contacts."""
        out_of_use = failing()
        return any(works(contact, out_of_use) for contact in self.current.contacts)

    @property
    def is_ended(self) -> bool:
        """Whether no agreement with this client is in force today or later."""
        last = self.client.last.in_force_to
        return last is not None and last < self.client.today

    @property
    def ends_soon(self) -> bool:
        """Whether the last agreement ends within SOON."""
        last = self.client.last.in_force_to
        return last is not None and self.client.today <= last <= self.client.today + SOON

    @property
    def next(self) -> str:
        """What the office does next: one of NEXT."""
        holds = {
            CHECK_CONTACT: bool(self.client.doubted),
            INFORM: any(sent.informed_at is None for sent in self.escalated),
            ENDED: self.is_ended,
            SAID_NO: self._first_that_is(STATE[SAID_NO]) is not None,
            BOUNCED: self._first_that_is(STATE[BOUNCED]) is not None,
            ADD_CONTACT: not self.has_working_contact,
            RENEW_SOON: self.ends_soon,
            NOT_ACCEPTED: not self.standing["controller_confirmed"],
        }
        return next((name for name, is_so in holds.items() if is_so), NOTHING)


def client_dossier_of(agreement_id: UUID) -> ClientDossier:
    """Return the client of this agreement of the acting office. Raises NotFound."""
    return ClientDossier(client_of(agreement_id), database_now())
