"""A new installation: whoever holds the link that the terminal printed makes the first office, and goes on to it."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, session
from flask.typing import ResponseReturnValue

from service.admission.access import public, step_by_step
from service.admission.pace import Pace
from service.schemas.set_up import SetUpSchema
from service.web.forms import Form
from service.web.login import attempt, read
from service.words.texts import locale
from tenants.identity.set_up_links import refuse_unless_it_sets_up
from tenants.isolation import acting_for_nobody
from tenants.organisations.founding import Founding
from tenants.organisations.organisations import slug_of
from workflows.mail.batches import Addressee
from workflows.trust.founding import set_up_first_office

blueprint = Blueprint("set_up", __name__, url_prefix="/set-up")
NOTE = "set up with the link of a new installation"
MAKER = "maker"
"""Where a browser's session keeps the name and the address that the maker of the first office typed."""
PACE = Pace()
"""How often one address may try a link, in this process."""


@blueprint.get("/<token>")
@public
@step_by_step
def ask(token: str) -> ResponseReturnValue:
    """Show the form for the first office. The link stays valid, because machines follow links too."""
    _let_in(token)
    return _page(Form.beginning_with({"locale": locale()}))


@blueprint.post("/<token>")
@public
@step_by_step
def make(token: str) -> ResponseReturnValue:
    """Make the first office, and lead its maker to the page where the first owner opens it."""
    _let_in(token)
    form = Form.posted()
    values = attempt(form, lambda: read(SetUpSchema(), form))
    if values is None:
        return _page(form)
    name, email = values["name"], values["owner_email"].lower()
    founding = Founding(slug_of(name), name, values["kvk_number"], values["locale"], NOTE)
    link = attempt(form, lambda: set_up_first_office(token, founding, Addressee(values["owner_name"], email)))
    if link is None:
        return _page(form)
    session[MAKER] = {"email": email, "name": values["owner_name"]}
    return redirect(urlsplit(link.address).path, 303)


def _let_in(token: str) -> None:
    """Raise TooOften, or NotFound when this link does not set up the installation (any more)."""
    PACE.step_of_caller()
    with acting_for_nobody():
        refuse_unless_it_sets_up(token)


def _page(form: Form) -> ResponseReturnValue:
    return render_template("set_up.html", form=form), form.status
