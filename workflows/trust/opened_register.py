"""A client opened the register that this office made for it: the office's people are mailed, and can say that it is
wrong.

The door claim_register (migrations/schema/functions/) begins it, by this name, version and step.
"""

from collections.abc import Iterable
from uuid import UUID

from tenants.agreements.processing_agreements import OpenedRegister, registers_by_id
from workflows.engine.steps import Job, Workflow
from workflows.mail.reminding import tell_of_opened_register


def tell(registers: list[OpenedRegister]) -> Iterable[UUID]:
    """Mail everybody who can act at the office, once for each register; clients that left the office are left out."""
    for register in registers:
        if register.client is not None:
            tell_of_opened_register(register.id, register.client)
    return [register.id for register in registers]


OPENED_REGISTER = Workflow(
    name="opened_register",
    law="Art. 28(3)",
    subject_kind="organisation",
    load=registers_by_id,
    steps=(Job(name="tell", law="Art. 28(3)", does=tell),),
)
