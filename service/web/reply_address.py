"""The page of a mailed link by which somebody lets answers to an organisation's mails come to their address."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from service.admission.access import public, step_by_step
from tenants.errors import NotFound
from tenants.identity.sessions import hash_of_token
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.settings import organisation_of_reply_link
from workflows.settings.reply_address import confirm, organisation_of_link

blueprint = Blueprint("reply_address", __name__, url_prefix="/reply-address")


@blueprint.get("/<token>")
@public
@step_by_step
def ask(token: str) -> ResponseReturnValue:
    """Show one button. The page confirms nothing, because machines follow links too."""
    with _acting_by(token):
        return render_template("reply_address.html", of=organisation_of_link(token))


@blueprint.post("/<token>")
@public
@step_by_step
def agree(token: str) -> ResponseReturnValue:
    """Use this address for answers from now on."""
    with _acting_by(token):
        confirm(token)
    return redirect(request.path, 303)


@contextmanager
def _acting_by(token: str) -> Iterator[None]:
    """Act for the organisation that mailed this link. Raises NotFound when the link ended."""
    with acting_for_nobody():
        organisation = organisation_of_reply_link(hash_of_token(token))
    if organisation is None:
        raise NotFound("reply_address.unknown")
    with acting_for(organisation):
        yield
