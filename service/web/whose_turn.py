"""Whose turn a step is, and who did the steps before it, in the reader's language."""

from collections.abc import Iterable
from datetime import datetime

from service.web.actor_names import by_whom, for_whom
from service.words.moments import local_moment
from service.words.texts import t
from tenants.identity.users import OWNER, ROLES
from tenants.lines import isolated
from tenants.register.broken_glass import Glass
from workflows.decisions.turn import Turn, stops_without_second_person
from workflows.dossiers.breach import Dossier as BreachDossier
from workflows.dossiers.notice import NoticeDossier
from workflows.dossiers.run import RunDossier
from workflows.engine.runs import StepRow
from workflows.engine.steps import Human
from workflows.roles import MAY


def turn_words(whose: Turn) -> str:
    """Return who can do the step now; when nobody can, who later, or who alone."""
    if whose.people:
        return t("steps.must_act", names=in_one_line(whose.people))
    if whose.owners and not whose.may_alone:
        words = [t("steps.owner_can", names=in_one_line(owner.name for owner in whose.owners))]
    else:
        words = [t("steps.nobody_now" if whose.owners or whose.later else "steps.nobody_can")]
    words += [
        t("steps.can_from", name=later.name, moment=local_moment(later.counts_from, "whole")) for later in whose.later
    ]
    return " ".join(words)


def then_words(whose: Turn) -> str:
    """Return who can do the step after this one when no second person can: the reader, an owner alone, or nobody."""
    owners = [owner.name for owner in whose.follow_owners]
    who = "you" if whose.viewer in {owner.id for owner in whose.follow_owners} else "owner" if owners else "nobody"
    return t(f"steps.after.{'approve' if whose.after == 'approve' else 'send'}.{who}", names=in_one_line(owners))


def roles_for(act: str) -> str:
    """Return the names of the roles, but the owner's, that may do this act: one of them is given to whom an owner
    invites for it."""
    names = [t(f"labels.role.{role}") for role in ROLES if role in MAY[act] and role != OWNER]
    return t("steps.one_of", first=", ".join(names[:-1]), last=names[-1]) if len(names) > 1 else names[0]


def next_words(workflow: str, whose: Turn, ends_at: datetime | None = None) -> str:
    """Return which step comes next, for whom, and by when (`ends_at`)."""
    who = "you" if whose.hindrance in (None, "proof") else "alone" if whose.is_alone else "others"
    if stops_without_second_person(workflow, whose):
        who = "second"
    words = t(f"steps.then.{who}", step=t(f"steps.{workflow}.{whose.step}.title"))
    if who == "others":
        words = f"{words} {turn_words(whose)}"
    return f"{words} {t('steps.then.until', moment=local_moment(ends_at))}" if ends_at else words


def coming_words(dossier: BreachDossier | NoticeDossier) -> str | None:
    """Return what comes after the machine's open step, for whom and by when; None when no person's step follows."""
    coming = dossier.coming
    if coming is None or coming.step == dossier.open_step:
        return None
    return next_words(dossier.run.workflow, coming, dossier.clock.alarm_at if dossier.clock else None)


def who_did_before(dossier: RunDossier, step: str, alone: Iterable[Glass]) -> list[str]:
    """Return a sentence for each step that this one must be done by another person than: who did it, in which role,
    and whether alone."""
    declared = dossier.workflow.step(step) if dossier.workflow else None
    names = declared.other_than if isinstance(declared, Human) else ()
    last = {row.name: row for row in dossier.run.done() if row.name in names}
    acts = list(alone)
    return [_did(dossier, last[name], acts) for name in names if name in last]


def _did(dossier: RunDossier, row: StepRow, alone: list[Glass]) -> str:
    key = f"steps.did.{row.name}"
    words = [t(key, name=by_whom(row.done_by_name, row.done_for, dossier.role_of(row)))]
    if row.done_by == dossier.who.id:
        words = [t(f"{key}_you"), *([for_whom(row.done_for)] if row.done_for else [])]
    return " ".join([*words, *([t("steps.did.alone")] if is_alone(row, dossier.run.workflow, alone) else [])])


def decided_words(dossier: RunDossier, alone: Iterable[Glass]) -> str:
    """Return who approved the decision as it stands, and whether they did so alone."""
    row = next((row for row in reversed(dossier.run.done()) if row.name == "approve" and row.outcome is None), None)
    if row is None:
        return t("breach.not_decided")
    key = "breach.decided_alone" if is_alone(row, dossier.run.workflow, alone) else "breach.decided"
    return t(key, name=by_whom(row.done_by_name, row.done_for, dossier.role_of(row)))


def is_alone(row: StepRow, workflow: str, alone: Iterable[Glass]) -> bool:
    """Return whether this doing of the step was done alone."""
    return any(act.workflow == workflow and row.name in act.steps and act.created_at == row.done_at for act in alone)


def in_one_line(names: Iterable[str]) -> str:
    """Return these names, with commas between them."""
    return ", ".join(isolated(name) for name in names)
