"""A processor's message came into a register that is in use (Art. 33(2)): its own people are written to as well.

The office writes to the contacts that it knows. The controller's own register mails the controller's people, with names
and addresses sealed under its own key.
"""

from collections.abc import Iterable
from uuid import UUID

from tenants.register.breaches import Breach, breaches_by_id
from workflows.engine.steps import Job, Workflow
from workflows.mail.reminding import tell_of_message


def tell(breaches: list[Breach]) -> Iterable[UUID]:
    """Mail everybody who can act, once for each breach."""
    for breach in breaches:
        tell_of_message(breach.id, breach.processor_name or "")
    return [breach.id for breach in breaches]


OWN_PEOPLE = Workflow(
    name="own_people",
    law="Art. 33(2)",
    subject_kind="breach",
    load=breaches_by_id,
    steps=(Job(name="tell", law="Art. 33(2)", does=tell),),
)
