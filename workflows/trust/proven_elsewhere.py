"""An organisation proved the number of a register that somebody else had opened (Art. 28): both ends hear it.

The door answer_processor (migrations/schema/functions/) begins it, by this name, version and step: at
the office about its client, and in the register that was opened about the office. Who proved it is told to the office.
"""

from collections.abc import Iterable
from uuid import UUID

from tenants.agreements.processing_agreements import LedElsewhere, led_elsewhere_by_id
from workflows.engine.steps import Job, Workflow
from workflows.mail.reminding import tell_of_client_proven, tell_of_office_gone


def tell(about: list[LedElsewhere]) -> Iterable[UUID]:
    """Mail everybody who can act, once; of what left the acting organisation nobody is mailed."""
    for led in about:
        if led.client is not None:
            tell_of_client_proven(led.id, led.client)
        elif led.office is not None:
            tell_of_office_gone(led.id, led.office)
    return [led.id for led in about]


PROVEN_ELSEWHERE = Workflow(
    name="proven_elsewhere",
    law="Art. 28(3)",
    subject_kind="organisation",
    load=led_elsewhere_by_id,
    steps=(Job(name="tell", law="Art. 28(3)", does=tell),),
)
