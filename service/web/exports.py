"""Files to take away: the register, incidents, agreements, the people of a notice, and the evidence of a breach.

The ending of the address says in which form a table comes. Its rows are those of the page with the same filters. The
history records who takes a file.
"""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service.admission.access import may
from service.downloads.agreements import agreements_file
from service.downloads.figures import figures_file
from service.downloads.incidents import incidents_file
from service.downloads.people import people_file, unreached_file
from service.downloads.register import register_file
from service.evidence.evidence_file import evidence_zip
from service.schemas.filters import BreachFilters, IncidentFilters
from service.schemas.notice import PeopleFilters
from service.web.agreements import asked_clients
from service.web.filters import choices_of
from tenants.register.filtering import Wanted

blueprint = Blueprint("exports", __name__, url_prefix="/o/<organisation>")


@blueprint.get("/register.<ending:ending>")
@may("export")
def register(ending: str) -> ResponseReturnValue:
    """Return the register (Art. 33(5)) as a file, whole or as filtered."""
    return register_file(Wanted(**choices_of(BreachFilters())), ending)


@blueprint.get("/register/figures.<ending:ending>")
@may("export")
def figures(ending: str) -> ResponseReturnValue:
    """Return the register in figures as a file."""
    return figures_file(ending)


@blueprint.get("/incidents.<ending:ending>")
@may("export")
def incidents(ending: str) -> ResponseReturnValue:
    """Return the incidents with their escalations as a file, all or as filtered."""
    chosen = choices_of(IncidentFilters())
    return incidents_file(chosen.get("state"), chosen.get("year"), ending)


@blueprint.get("/agreements.<ending:ending>")
@may("export")
def agreements(ending: str) -> ResponseReturnValue:
    """Return each client once, with its agreement and contacts, as a file: all, or as the list finds them."""
    asked = asked_clients()
    return agreements_file(asked.search, asked.order, asked.chosen, ending)


@blueprint.get("/breaches/<uuid:breach_id>/evidence.zip")
@may("export")
def evidence(breach_id: UUID) -> ResponseReturnValue:
    """Return the evidence of one breach as a file."""
    return evidence_zip(breach_id)


@blueprint.get("/notices/<uuid:notice_id>/people.<ending:ending>")
@may("read_people")
def people(notice_id: UUID, ending: str) -> ResponseReturnValue:
    """Return who is on the list as a file: all, or one group."""
    return people_file(notice_id, choices_of(PeopleFilters()).get("group"), ending)


@blueprint.get("/notices/<uuid:notice_id>/unreached.<ending:ending>")
@may("read_people")
def unreached(notice_id: UUID, ending: str) -> ResponseReturnValue:
    """Return the file of people to contact by letter or telephone."""
    return unreached_file(notice_id, ending)
