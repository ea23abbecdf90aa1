"""The page that finds breaches, incidents, notices and clients by what somebody typed."""

from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service.admission.access import may
from service.schemas.paging import token_after
from service.web.forms import Form
from service.web.layout import after, standing
from tenants.isolation import database_now
from tenants.lines import one_line
from tenants.search.finding import BREACH, KINDS, NOTICE
from tenants.search.terms import LONGEST_SEARCH
from workflows.dossiers.found import found

blueprint = Blueprint("search", __name__, url_prefix="/o/<organisation>/search")
OF_EACH, PAGE = 8, 50


@blueprint.get("")
@may("read")
def shown() -> ResponseReturnValue:
    """Show what was found: a few rows of each kind, or a page of one."""
    typed = one_line(request.args.get("q", ""))
    form = Form.beginning_with({"q": typed})
    all_kinds = KINDS if standing().is_office else (BREACH, NOTICE)
    kind = request.args.get("kind") if request.args.get("kind") in all_kinds else None
    seen = after() if kind else None
    most = PAGE if kind else OF_EACH
    result = form.attempt(lambda: found(typed, most, (kind,) if kind else all_kinds, seen[1] if seen else None))
    return render_template(
        "search.html", form=form, typed=typed, kind=kind, result=result, most=LONGEST_SEARCH, address_of=_address
    ), form.status  # fmt: skip


def _address(kind: str | None, seen: UUID | None = None) -> str:
    """Return the address of the same search for one kind, after a row that was seen, or for all kinds."""
    asked = {"q": request.args.get("q", "")} | ({"kind": kind} if kind else {})
    return f"{request.path}?{urlencode(asked | ({'after': token_after(database_now(), seen)} if seen else {}))}"
