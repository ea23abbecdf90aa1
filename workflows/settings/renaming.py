"""The operator gives an organisation another name. After a proof nobody else can: the proof would confirm the new name.
"""

from uuid import UUID

from tenants.database import db
from tenants.history.entries import SYSTEM, Entry, record
from tenants.identity.users import OWNER, members_of
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tenants.organisations.verification import operator_note, rename_by_operator
from workflows.mail.links import overview_link
from workflows.mail.own_people import plan_to_people
from workflows.settings.approved_again import approved_again


def rename(act: UUID, name: str) -> None:
    """Give the acting organisation this name, which nobody has compared yet. Both names stay in its history.

    Its owners are mailed; a step at each office that has it as a client mails that office. A notification that was
    approved with the name of before is approved again. The name that it has already changes nothing and is mailed to
    nobody. Raises DBAPIError unless the operator let it happen here, a moment ago.
    """
    organisation, note = the_acting_organisation(), operator_note(act)
    before = organisation.name
    with approved_again(organisation, SYSTEM):
        rename_by_operator(act, name)
        db.session.refresh(organisation)
        names = {"note": note, "before": before, "after": name}
        if name != before:
            record([Entry("organisation", organisation.id, "organisation.renamed", SYSTEM, {}, names)])
    if name == before:
        return
    _tell_owners(organisation, act, names)


def _tell_owners(organisation: Organisation, act: UUID, names: dict[str, str]) -> None:
    common = names | {"link": overview_link()}
    owners = [(user, dict[str, str]()) for user, role in members_of(organisation.id) if role == OWNER]
    plan_to_people("security", "renamed", act, owners, lambda locale: common)
