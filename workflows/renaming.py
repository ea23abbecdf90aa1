"""The operator gives an organisation another name. After a proof nobody else can: the proof would vouch for it."""

from uuid import UUID

from tenants.history import SYSTEM, Entry, record
from tenants.organisations import the_acting_organisation
from tenants.verification import operator_note, rename_by_operator


def rename(act: UUID, name: str) -> None:
    """From now on the acting organisation has this name, which nobody compared yet. Both names stay in its history.

    Raises DBAPIError unless the operator let it happen here, a moment ago.
    """
    organisation, note = the_acting_organisation(), operator_note(act)
    before = organisation.name
    rename_by_operator(act, name)
    names = {"note": note, "before": before, "after": name}
    record([Entry("organisation", organisation.id, "organisation.renamed", SYSTEM, {}, names)])
