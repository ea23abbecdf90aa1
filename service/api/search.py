"""One search over breaches, incidents, notices and clients."""

from dataclasses import asdict
from typing import Any

from flask_smorest import Blueprint

from service.admission.access import may
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.paging import token_after
from service.schemas.search import FoundAnswer, SearchAskedSchema
from tenants.errors import Invalid
from tenants.isolation import database_now
from tenants.search.finding import KINDS
from workflows.dossiers.found import Hits, found

blueprint: Blueprint = Resource("search", __name__, url_prefix=f"{OF_ORGANISATION}/search")


@blueprint.route("")
@blueprint.arguments(SearchAskedSchema, location="query")
@blueprint.response(200, FoundAnswer)
@may("read")
def search(asked: dict[str, Any]) -> dict[str, Any]:
    """Find breaches, incidents, notices and clients by their words. Typing errors in names are forgiven.

    Raises Invalid for the rest of a list without its kind.
    """
    if asked["after"] and not asked["kind"]:
        raise Invalid("field.required", "kind")
    kinds = (asked["kind"],) if asked["kind"] else KINDS
    result = found(asked["q"], asked["limit"], kinds, asked["after"][1] if asked["after"] else None)
    terms = [asdict(term) for term in result.terms]
    return {"terms": terms, "kinds": [_page(hits) for hits in result.hits], "more_is_pending": result.more_is_pending}


def _page(hits: Hits) -> dict[str, Any]:
    """The token of the next page holds an id, which alone counts, and a moment, as every token does."""
    following = token_after(database_now(), hits.after) if hits.after else None
    return {"kind": hits.kind, "items": hits.rows, "next": following, "is_cut": hits.is_cut}
