"""The page before an act that takes more than one click: what happens, to whom, what stays, and who is told."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service.admission.access import actor
from service.web.forms import Form
from service.words.texts import t
from tenants.isolation import database_now
from workflows.engine.progress import is_fresh

LINES = ("now", "stays", "heard")


def confirm_page(
    act: str, form: Form, leave_to: str, names: Mapping[str, str], carried: Mapping[str, str] | None = None,
    warnings: Sequence[str] = (),
) -> ResponseReturnValue:  # fmt: skip
    """Return the page with the texts `confirm.<act>` and these names. Its form is posted to the address of this page.

    `leave_to` is the page for whoever changes nothing; `carried` is posted with the form. Without a second factor of
    the last five minutes the page asks for that in place of the button, and later shows what was chosen. `warnings`
    are whole sentences that stand before the texts.
    """
    back = f"{request.path}?{urlencode(carried)}" if carried else request.full_path.rstrip("?")
    page = render_template(
        "confirm.html", form=form, leave_to=leave_to, carried=carried or {},
        title=t(f"confirm.{act}.title", **names), button=t(f"confirm.{act}.button", **names),
        lines=[*warnings, *(t(f"confirm.{act}.{line}", **names) for line in LINES)],
        fresh=is_fresh(actor(), database_now()), back=back,
    )  # fmt: skip
    return page, form.status
