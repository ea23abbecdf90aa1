"""The step that a page shows: whose turn it is, its form, and its words."""

from dataclasses import dataclass, replace

from flask import request

from service.steps import declared_step
from service.web.drafts import with_draft
from service.web.forms import Form
from service.web.merged_judgements import begin_or_show, entry_about, questions_of_step
from service.web.whose_turn import in_one_line, roles_for, then_words, who_did_before
from service.words.texts import has_text, t
from service.words.whole_numbers import MOST_IN_A_LONG_COLUMN, whole_of
from tenants.history.entries import History
from tenants.register.breaches import Breach
from tenants.register.notices import Notice
from workflows.decisions.turn import Turn, stops_without_second_person
from workflows.dossiers.breach import Dossier as BreachDossier
from workflows.dossiers.notice import NoticeDossier
from workflows.dossiers.run import RunDossier
from workflows.notification.ap_notification import NOTIFY
from workflows.roles import ALONE


@dataclass(frozen=True)
class NextStep:
    """What the page asks of the reader: the step, whose turn it is, its form, and what changed."""

    turn: Turn
    workflow: str
    form: Form
    changed: list[History]
    returned: str | None
    again: bool
    notifies: bool = False
    done_before: tuple[str, ...] = ()
    """Who did the steps that another person must do than this one, a sentence each."""

    def with_own_draft(self, about: Breach | Notice) -> "NextStep":
        """Return the step with what its reader typed into its form and did not send, where its form is long."""
        step = declared_step(self.workflow, self.turn.step)
        if step is None or step.begins_with is None or not self.is_open:
            return self
        form = with_draft(self.form, step.name, about.id, about.version)
        if questions := questions_of_step(self.workflow, step.name, form):
            now, what = Form.beginning_with(step.begins_with(about)).typed, f"{self.workflow}.{step.name}"
            begin_or_show(form, now, questions, entry_about(about.id, what))
        return replace(self, form=form)

    @property
    def needs_second_person(self) -> bool:
        """Return whether approving alone leads nowhere yet, because nobody else is there to send the mail to people."""
        return stops_without_second_person(self.workflow, self.turn)

    @property
    def says_why(self) -> bool:
        """Return whether the reader is told what the step takes; a reader who may not do it is told who can."""
        return not self.turn.may_alone and self.turn.hindrance not in ("role", "four_eyes")

    @property
    def is_open(self) -> bool:
        """Return whether its form is shown. A form that was sent too late for the proof stays, with what was typed."""
        return self.turn.hindrance is None or (self.turn.hindrance == "proof" and self.form.is_posted)

    def words(self, part: str) -> str:
        """Return the words of the step ("why", "button").

        A reader who is alone reads nothing about a colleague's next step.
        """
        key = f"steps.{self.workflow}.{self.turn.step}"
        if self.turn.others_follow or not self._is_followed or not has_text(f"{key}.{part}_alone"):
            return " ".join([t(f"{key}.{part}"), *(self._who_follows(key) if part == "why" else ())])
        roles = roles_for(self.turn.after or self.turn.step)
        return t(f"{key}.{part}_alone", then=then_words(self.turn), roles=roles)

    @property
    def _is_followed(self) -> bool:
        """Return whether another person does a step after this one: nobody sends a decision not to notify."""
        return self.notifies or (self.workflow, self.turn.step) != ("ap_notification", "approve")

    def _who_follows(self, key: str) -> list[str]:
        """Return a sentence that names who can do the step after this one, for a reader who can do this one."""
        shown = self.turn.hindrance in (None, "proof") and self._is_followed and has_text(f"{key}.follow")
        return [t(f"{key}.follow", names=in_one_line(self.turn.followers))] if shown and self.turn.followers else []

    @property
    def may_notify_alone(self) -> bool:
        """Return whether nobody else could approve, so that one act with one reason meets the duty to the authority."""
        return self.turn.is_alone and self.workflow == "ap_notification" and self.notifies

    @property
    def asks_here(self) -> bool:
        """Return whether its form is visible at once, with what changed above its button."""
        may_send = not self.turn.is_stale or self.form.is_posted
        return self.is_open or (self.may_notify_alone and may_send)

    @property
    def template(self) -> str:
        """Return the name of the template with the fields of this step."""
        return f"steps/{self.workflow}/{self.turn.step}.html"


def next_step(
    dossier: BreachDossier | NoticeDossier, about: Breach | Notice, form: Form | None, asked: str | None = None
) -> NextStep | None:
    """Return the step that the page shows: the open one, or an earlier one that somebody wants to do again."""
    asked = asked or (request.view_args.get("name") if request.view_args else None)
    still = asked is not None and dossier.can_be_asked(asked)
    name = asked if still else _again(dossier) or dossier.open_step
    whose = dossier.turn(name) if name is not None else None
    if name is None or whose is None:
        return None
    shown = form if form and (still or not asked) else _beginning(dossier, name, about)
    changed = dossier.changed_since(whole_of(request.form.get("seen", ""), MOST_IN_A_LONG_COLUMN))
    return NextStep(
        whose, dossier.run.workflow, shown, changed, dossier.returned(name), name != dossier.open_step,
        getattr(about, "decision", None) == NOTIFY, tuple(who_did_before(dossier, name, dossier.alone)),
    )  # fmt: skip


def _beginning(dossier: BreachDossier | NoticeDossier, name: str, about: Breach | Notice) -> Form:
    """Return the form with what is known. Whoever acted alone about this breach before finds their reason there."""
    step = declared_step(dossier.run.workflow, name)
    reason = next((act.reason for act in dossier.alone if act.by_user == dossier.who.id), None)
    known = step.begins_with(about) if step and step.begins_with else {}
    return Form.beginning_with({**known, "alone_reason": reason} if name in ALONE else known)


def too_late(form: Form | None, shown: NextStep | None) -> Form | None:
    """Return the form that was sent in, when the page does not show it any more because somebody else was first."""
    if form is None or not form.is_posted:
        return None
    asks = shown is not None and shown.form is form and (shown.is_open or shown.turn.may_alone)
    return None if asks else form


def _again(dossier: RunDossier) -> str | None:
    asked = request.args.get("again")
    return asked if asked and dossier.can_be_done_again(asked) else None
