"""The page before an act that one click should not do: what happens, to whom, what stays, and who hears of it."""

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
    """The texts `confirm.<act>` with these names in them; its form is posted to the address of this page.

    `leave_to` is the page for whoever changes nothing, `carried` is posted along. Without a second factor of the last
    five minutes the page asks for that in place of the button, and whoever comes back finds what they chose.
    `warnings` are whole sentences that stand before the texts.
    """
    back = f"{request.path}?{urlencode(carried)}" if carried else request.full_path.rstrip("?")
    page = render_template(
        "confirm.html", form=form, leave_to=leave_to, carried=carried or {},
        title=t(f"confirm.{act}.title", **names), button=t(f"confirm.{act}.button", **names),
        lines=[*warnings, *(t(f"confirm.{act}.{line}", **names) for line in LINES)],
        fresh=is_fresh(actor(), database_now()), back=back,
    )  # fmt: skip
    return page, form.status
