"""The dossier of one escalation (Art. 33(2)): one controller, how far it was told, and how its register stands."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from tenants.agreements.client_standing import standing_among
from tenants.isolation import database_now
from tenants.register.escalations import Escalation, escalation
from tenants.register.incidents import Incident, incident
from workflows.dossiers.run import RunDossier
from workflows.dossiers.viewer import Viewer
from workflows.engine.runs import run_about
from workflows.escalation.calling import Caller, caller_in
from workflows.escalation.conversations import Recorded, conversations_in
from workflows.escalation.escalation import ESCALATION


@dataclass(frozen=True)
class EscalationDossier(RunDossier):
    """One controller that an incident hit, for a viewer at the office."""

    escalation: Escalation

    @cached_property
    def incident(self) -> Incident:
        """The incident that hit it."""
        return incident(self.escalation.incident_id)

    @cached_property
    def standing(self) -> dict[str, Any]:
        """Whether it is proven whose register it is, and whether the controller accepted the office, as three values of
        a row."""
        controller = self.escalation.controller_id
        return standing_among([controller]).of(controller, self.escalation.controller_name)

    @cached_property
    def conversations(self) -> list[Recorded]:
        """What came of each call and letter, the newest first."""
        return conversations_in(self.history).get(self.escalation.id, [])

    @cached_property
    def caller(self) -> Caller | None:
        """Who of the office is calling this client now."""
        return caller_in(self.history, self.now)


def escalation_dossier_of(escalation_id: UUID, who: Viewer) -> EscalationDossier:
    """Return the acting office's escalation as `who` sees it. Raises NotFound."""
    row = escalation(escalation_id)
    return EscalationDossier(who, run_about(ESCALATION.name, escalation_id), database_now(), row)
