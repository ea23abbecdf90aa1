"""An office that is not accepted yet asks, or writes about a breach (Art. 28, 33(2)): the organisation's people are
mailed.

The door word_to_asked (migrations/schema/functions/) begins it, by this name, version and step: once for each request
and once for each message, and only for an organisation that is verified.
"""

from collections.abc import Iterable
from uuid import UUID

from tenants.agreements.consents import Asking, askings_by_id
from workflows.engine.steps import Job, Workflow
from workflows.mail.reminding import tell_of_asking


def tell(askings: list[Asking]) -> Iterable[UUID]:
    """Mail everybody who can act; requests and messages that do not wait any more are left out."""
    for asking in askings:
        if asking.office is not None:
            tell_of_asking(asking, asking.office)
    return [asking.id for asking in askings]


ASKED = Workflow(
    name="asked",
    law="Art. 28(3)",
    subject_kind="organisation",
    load=askings_by_id,
    steps=(Job(name="tell", law="Art. 28(3)", does=tell),),
)
