"""What an organisation says of itself stands in forms and notices: who changes it has them approved again."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from tenants.database import db
from tenants.history.entries import Actor
from tenants.organisations.organisations import Organisation
from workflows.notice.changed_sender import fillings, put_notices_before_a_second_person
from workflows.notification.ap_dossier import organisation_facts
from workflows.notification.changed_organisation import put_before_a_second_person


@contextmanager
def approved_again(organisation: Organisation, by: Actor, also: Iterable[UUID] = ()) -> Iterator[None]:
    """Undo each approval of a form or a notice that says something else by what the block changes of the acting
    organisation. Whoever changed it prepared the notice too: `by`, and `also` these people."""
    said_before, filled_before = organisation_facts(organisation), fillings()
    yield
    db.session.flush()
    if organisation_facts(organisation) != said_before:
        put_before_a_second_person(said_before, by)
    put_notices_before_a_second_person(filled_before, by, also)
