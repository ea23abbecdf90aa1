"""The dossier of one breach: the register's row, its run and notice, the advice, the form, and what it asks for now."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from tenants.isolation import database_now
from tenants.organisations.organisations import Organisation
from tenants.register.breaches import Breach
from tenants.register.broken_glass import Glass, done_alone
from tenants.register.notices import Notice
from tenants.register.together import BreachWithNotice, breach_with_notice
from workflows.decisions.overview import receipt_comes_first
from workflows.decisions.turn import Turn
from workflows.dossiers.run import RunDossier
from workflows.dossiers.still_due import Due, still_due
from workflows.dossiers.viewer import Viewer
from workflows.engine.runs import run_about
from workflows.law.advice import Advice
from workflows.law.ap_form import FilledForm
from workflows.mail.limits import Hold, held
from workflows.mail.people_told import PeopleTold, people_told
from workflows.notification.advising import advice_about, facts_changed_since_decision, facts_of
from workflows.notification.ap_clock import asks_reasons
from workflows.notification.ap_dossier import beside_answers
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.notification.changed_facts import ChangedFacts, changed_facts
from workflows.notification.moved_term import late_without_move
from workflows.notification.sent_form import SentForm, filled_form, kept_questions, questions_of, sent_form, still_open

STAGES = ("overview", "contain", "notify", "record")


@dataclass(frozen=True)
class Dossier(RunDossier):
    """One breach for its viewer. `readers`: how many of its notice's readers are in each state of a mail; None while
    the notice was not sent. `draft`: what the viewer answered to an assessment that is not recorded, by field.
    `viewer_contact`: the function and the telephone number of the viewer."""

    breach: Breach
    organisation: Organisation
    notice: Notice | None
    readers: dict[str, int] | None
    draft: dict[str, list[str]]
    viewer_contact: dict[str, str | None]

    @property
    def people_told(self) -> PeopleTold | None:
        """How many people its notice informed; None while it was not sent."""
        return None if self.readers is None else people_told(self.readers)

    @property
    def coming(self) -> Turn | None:
        """Whose turn it is now, or once the machine's open step is done; None when no person's step follows."""
        return self.coming_about(self.breach)

    @cached_property
    def notice_held(self) -> Hold | None:
        """Why the mail of its notice waits; None when it does not, or is not to be sent yet."""
        waits = self.notice is not None and self.notice.approved_at is not None and self.notice.sent_at is None
        return held("notice", self.notice.id) if self.notice and waits else None

    @property
    def still_due(self) -> tuple[Due, ...]:
        """What is still due once the run has ended; nothing before that, because a step is due then."""
        if self.run.state not in ("done", "exempt"):
            return ()
        return still_due(self.breach, self.notice, self.readers, self.questions_open)

    @property
    def preparers(self) -> frozenset[UUID | None]:
        """The people who answered the form or moved the term since the draft, and for whom they stood in."""
        return self.breach.preparers

    @cached_property
    def alone(self) -> list[Glass]:
        """The acts about this breach or its notice that somebody did alone."""
        return done_alone([self.breach.id]).get(self.breach.id, [])

    @property
    def facts(self) -> dict[str, Any]:
        """The known facts, in the words of workflows/law/vocabulary.py."""
        return facts_of(self.breach)

    @property
    def advice(self) -> Advice:
        """Art. 33, 34: what the facts ask for as they are known now."""
        return advice_about(self.breach)

    @property
    def facts_changed(self) -> bool:
        """Whether facts changed since a person decided on them, and nobody has looked since."""
        return facts_changed_since_decision(self.breach)

    @property
    def changed_facts(self) -> ChangedFacts | None:
        """The facts that changed since the decision; None when nobody has to look."""
        return changed_facts(self.breach, self.history)

    @property
    def form(self) -> FilledForm:
        """The authority's form (Art. 33(3)), filled with what is known now. The one who reports is the viewer, or who
        recorded that it was sent."""
        own = {"name": self.who.name, "email": self.who.email, **self.viewer_contact}
        reporter = self.sent.reporter if self.sent else own
        rows = BreachWithNotice(self.breach, self.organisation, self.notice, self.readers, self.draft)
        return filled_form(rows, reporter, self.now)

    @cached_property
    def sent(self) -> SentForm | None:
        """The form as it was when it was recorded as sent; None before that, and where nothing was kept."""
        return None if self.breach.submitted_at is None else sent_form(self.history)

    @property
    def form_as_sent(self) -> FilledForm:
        """The form as it was sent, as far as that was kept; else as it is filled now."""
        return self.sent.form if self.sent else self.form

    @property
    def beside_answers(self) -> dict[str, dict[str, Any]]:
        """The settings that are shown beside an answer of the form, by question; nothing once the form was sent, when
        they may have been others."""
        return {} if self.breach.submitted_at else beside_answers(self.organisation)

    @property
    def questions_open(self) -> int:
        """How many answers the law still asks for about the form as it was sent, without questions that later facts
        ended; of a form of before that was kept, the number that was read first since the breach changed."""
        if self.sent:
            return len(still_open(self.sent.form, self.form))
        kept = kept_questions(self.history)
        if kept is None and self.breach.submitted_at:
            kept = self.breach.questions_open
        return questions_of(self.form_as_sent) if kept is None else kept

    @property
    def path(self) -> list[tuple[str, str]]:
        """Each of STAGES as "done", "now" or "open". None is locked: facts come in any order."""
        ended = self.run.state != "running"
        now = "record" if ended else ("overview" if self.open_step == "assess" else "notify")
        done = {"overview": now != "overview", "contain": bool(self.breach.measures), "notify": ended}
        return [(name, "now" if name == now else ("done" if done.get(name) else "open")) for name in STAGES]

    @property
    def may_confirm(self) -> bool:
        """Art. 33(2): whether the processor's message waits for a receipt that the viewer may confirm."""
        confirms = self.who.may("confirm_receipt")
        return receipt_comes_first(self.breach.origin, self.breach.acknowledged_at, confirms)

    @property
    def confirm_first(self) -> bool:
        """Whether the receipt comes before the next step."""
        return self.may_confirm and self.breach.decided_at is None and self.run.state == "running"

    @property
    def asks_reasons(self) -> bool:
        """Art. 33(1): whether a notification sent now goes with the reasons for its delay."""
        return asks_reasons(self.breach, self.now)

    @property
    def late_without_move(self) -> bool:
        """Whether a notification sent now is in time only because the authority moved the term."""
        return late_without_move(self.breach, self.now)


def dossier_of(breach_id: UUID, who: Viewer) -> Dossier:
    """Return the acting organisation's breach as `who` sees it. Raises NotFound."""
    rows = breach_with_notice(breach_id, who.id)
    run = run_about(AP_NOTIFICATION.name, breach_id)
    draft = rows.draft or {}
    return Dossier(
        who, run, database_now(), rows.breach, rows.organisation, rows.notice, rows.readers, draft,
        rows.viewer_contact,
    )  # fmt: skip
