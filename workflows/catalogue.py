"""The workflows, by name."""

from collections.abc import Iterator
from dataclasses import replace

from workflows.engine.steps import Human, UnknownDefinition, Workflow
from workflows.escalation.escalation import ESCALATION
from workflows.escalation.own_people import OWN_PEOPLE
from workflows.notice.bulk_notice import BULK_NOTICE, begin
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.notification.begun_anew import BEGUN_ANEW
from workflows.trust.asked import ASKED
from workflows.trust.news import NEWS
from workflows.trust.opened_register import OPENED_REGISTER
from workflows.trust.proven_elsewhere import PROVEN_ELSEWHERE

CATALOGUE: dict[str, Workflow] = {
    workflow.name: workflow
    for workflow in (
        ESCALATION,
        AP_NOTIFICATION,
        OWN_PEOPLE,
        OPENED_REGISTER,
        ASKED,
        BEGUN_ANEW,
        NEWS,
        PROVEN_ELSEWHERE,
        replace(BULK_NOTICE, begin=begin),
    )
}


def definition(name: str, version: int) -> Workflow | None:
    """The definition that a run began under; None when this build does not have it."""
    try:
        return CATALOGUE[name].as_of(version)
    except (KeyError, UnknownDefinition):
        return None


def steps_of_people() -> Iterator[tuple[Workflow, Human]]:
    """Yield each step of a person with its definition. Earlier definitions count too: runs may be open under them."""
    for newest in CATALOGUE.values():
        for workflow in (newest, *newest.earlier):
            yield from ((workflow, step) for step in workflow.steps if isinstance(step, Human))
