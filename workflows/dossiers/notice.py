"""The dossier of one notice (Art. 34): its text and run, the breach that it is about, and how its readers fare."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from tenants.isolation import database_now
from tenants.organisations.organisations import Organisation
from tenants.register.breaches import Breach
from tenants.register.broken_glass import Glass, done_alone
from tenants.register.notices import Notice
from tenants.register.together import notice_with_breach
from workflows.decisions.open_decisions import people_asked_about
from workflows.decisions.turn import Turn
from workflows.dossiers.run import RunDossier
from workflows.dossiers.viewer import Viewer
from workflows.engine.runs import run_about
from workflows.mail.batches import sums
from workflows.mail.limits import Hold, held
from workflows.mail.states import NO_ADDRESS, NOT_REACHED, ON_THE_WAY, PLANNED, REACHED, UNKNOWN
from workflows.notice.bulk_notice import BULK_NOTICE
from workflows.notice.listed_people import sharing

GROUPS = {
    "delivered": REACHED,
    "ready": (PLANNED,),
    "on_the_way": tuple(state for state in ON_THE_WAY if state not in (PLANNED, UNKNOWN)),
    "not_reached": NOT_REACHED,
    "unknown": (UNKNOWN,),
}
"""Groups of states that the page shows together, in this order; together they have every state of a recipient."""


@dataclass(frozen=True)
class NoticeDossier(RunDossier):
    """One notice for its viewer, the breach that it is about, and the organisation that sends it."""

    notice: Notice
    breach: Breach
    organisation: Organisation

    @property
    def preparers(self) -> frozenset[UUID | None]:
        """The people who changed a setting that stands in it since the text was written."""
        return self.notice.preparers

    @property
    def coming(self) -> Turn | None:
        """Whose turn it is now, or once the machine's open step is done; None when no person's step follows."""
        return self.coming_about(self.notice)

    @cached_property
    def sums(self) -> dict[str, int]:
        """How many readers are in each state of a mail."""
        return sums(self.notice.id, "notice")

    @property
    def grouped_sums(self) -> dict[str, int]:
        """The sums with those of GROUPS and the total."""
        return grouped(self.sums)

    @cached_property
    def addresses(self) -> int:
        """The number of addresses to which one mail goes each, however many people it greets."""
        return sum(self.sums.values()) - self.sums[NO_ADDRESS] - sharing(self.notice.id)

    @cached_property
    def held(self) -> Hold | None:
        """Why its mail waits, and until when; None when it does not."""
        return held("notice", self.notice.id)

    @property
    def waits_for_proof(self) -> bool:
        """Whether its mail waits, once it was let go, until the organisation is proven."""
        return self.organisation.verified_at is None and self.notice.sent_at is None

    @cached_property
    def alone(self) -> list[Glass]:
        """The acts about this notice or its breach that somebody did alone."""
        return done_alone([self.breach.id]).get(self.breach.id, [])

    @cached_property
    def asked(self) -> int:
        """How many people's mail waits for a decision."""
        return people_asked_about(self.notice.id)

    @property
    def stand(self) -> str:
        """The name of the step that is to be done now, or how the run ended."""
        return self.open_step or self.run.state


def grouped(by_state: dict[str, int]) -> dict[str, int]:
    """Return the number of readers in each state and in each of GROUPS, whose numbers add up to the total, and the
    total."""
    groups = {group: sum(by_state[state] for state in states) for group, states in GROUPS.items()}
    return by_state | groups | {"total": sum(groups.values())}


def notice_dossier_of(notice_id: UUID, who: Viewer) -> NoticeDossier:
    """Return the acting organisation's notice as `who` sees it. Raises NotFound."""
    rows = notice_with_breach(notice_id)
    run = run_about(BULK_NOTICE.name, notice_id)
    return NoticeDossier(who, run, database_now(), rows.notice, rows.breach, rows.organisation)
