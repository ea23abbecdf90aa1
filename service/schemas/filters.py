"""Which rows of a list are wanted. The same words stand in the address of a page and in the query of the API."""

from marshmallow import Schema

from service.schemas.fields import Choice, Line, Whole
from service.schemas.paging import PageSchema
from tenants.register.filtering import FIRST_YEAR, LAST_YEAR, ORIGINS, STATES, STEPS, TERMS
from tenants.register.incidents import INCIDENT_STATES
from tenants.register.notices import NOTICE_STATES
from tenants.search.terms import LONGEST_SEARCH
from workflows.dossiers.register_figures import FIGURES


class BreachFilters(Schema):
    """Which breaches of a register."""

    q = Line(most=LONGEST_SEARCH, load_default="")
    state = Choice(STATES, load_default=None)
    year = Whole(least=FIRST_YEAR, most=LAST_YEAR, load_default=None)
    origin = Choice(ORIGINS, load_default=None)
    term = Choice(TERMS, load_default=None)
    step = Choice(STEPS, load_default=None)
    found_in = Line(most=7, pattern=r"(?:[0-9]{4}|unknown)\Z", load_default=None)
    figure = Choice(FIGURES, load_default=None)


class IncidentFilters(Schema):
    """Which incidents of an office."""

    state = Choice(INCIDENT_STATES, load_default=None)
    year = Whole(least=FIRST_YEAR, most=LAST_YEAR, load_default=None)


class NoticeFilters(Schema):
    """Which notices of an organisation."""

    state = Choice(NOTICE_STATES, load_default=None)
    year = Whole(least=FIRST_YEAR, most=LAST_YEAR, load_default=None)


class BreachesAskedSchema(BreachFilters, PageSchema):
    """A page of the register, or of a part of it."""


class IncidentsAskedSchema(IncidentFilters, PageSchema):
    """A page of the incidents, or of a part of them."""


class NoticesAskedSchema(NoticeFilters, PageSchema):
    """A page of the notices, or of a part of them."""
