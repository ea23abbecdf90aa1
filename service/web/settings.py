"""The settings of an organisation: each section of the page is saved by itself, on the version that was looked at."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, allowed, may, place
from service.admission.proving import ProofNeeded
from service.schemas.settings import SettingsSchema
from service.web.forms import Form
from service.words.texts import LOCALES, t
from tenants.errors import NotFound
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tenants.organisations.settings import FG, FLAGS, SECTIONS, SIZES, reply_address_waits, trade_names_of
from workflows.engine.steps import PROVE_AGAIN
from workflows.settings.changing import (
    FG_STATES,
    change_settings,
    changes_of,
    fg_state,
    name_is_fixed,
    reporters,
    settings_history,
    settings_missing,
)
from workflows.settings.reply_address import ask_again

blueprint = Blueprint("settings", __name__, url_prefix="/o/<organisation>/settings")
FIELDS = {**SECTIONS, "fg": ("fg", *FG)}
"""The fields of each section's form."""
BLANK_NAMES, BLANK_PERIODS, MOST_SHOWN = 2, 2, 20


@blueprint.get("")
@may("read")
def shown() -> ResponseReturnValue:
    """Show all sections; their forms to whoever may change them."""
    return _page(Form.beginning_with(known(the_acting_organisation())))


@blueprint.post("/<section>")
@may("see_to_settings")
def save(section: str) -> ResponseReturnValue:
    """Save one section. What somebody else changed in it meanwhile is shown first.

    Raises NotFound for a section that does not exist, and ProofNeeded for a setting that takes a recent proof: what
    was typed is kept.
    """
    if section not in FIELDS:
        raise NotFound("http.404")
    form = Form.posted(rows="closed_periods")
    names = set(FIELDS[section]) - ({"name"} if name_is_fixed(the_acting_organisation(), actor()) else set())
    values = form.load(SettingsSchema(only=names))
    if values is not None:
        with form.showing_refusals():
            change_settings(values, actor(), form.version_seen())
    if any(fault["key"] == PROVE_AGAIN for fault in form.faults):
        raise ProofNeeded("/proof", url_for(".shown", organisation=place().slug, _anchor=section))
    if form.faults:
        if form.is_out_of_date:
            form.changed = changes_of(frozenset({*names, *SECTIONS[section]}), form.version_seen())
        return _page(form), form.status
    flash(t(f"settings.saved.{section}"))
    return redirect(url_for(".shown", organisation=place().slug, _anchor=section), 303)


@blueprint.post("/mail/link")
@may("see_to_settings")
def mail_link() -> ResponseReturnValue:
    """Mail another link to the address for answers that waits for its confirmation."""
    form = Form.posted()
    with form.showing_refusals():
        ask_again(actor())
    if form.faults:
        return _page(form), form.status
    flash(t("settings.link_mailed"))
    return redirect(url_for(".shown", organisation=place().slug, _anchor="mail"), 303)


def known(organisation: Organisation) -> dict[str, Any]:
    """Return what the forms of the page begin with, by field."""
    columns = {name for names in SECTIONS.values() for name in names} - {"closed_periods", "trade_names", "without_fg"}
    values = {name: getattr(organisation, name) for name in columns}
    flags = {name: {True: "true", False: "false"}.get(values[name]) for name in FLAGS}
    periods = {
        f"closed_periods.{place}.{part}": period[part]
        for place, period in enumerate(organisation.closed_periods) for part in ("first", "last")
    }  # fmt: skip
    return values | flags | periods | {"trade_names": trade_names_of(organisation), "fg": fg_state(organisation)}


def _page(form: Form) -> str:
    organisation = the_acting_organisation()
    may_change = allowed("see_to_settings")
    return render_template(
        "settings.html", form=form, of=organisation, known=known(organisation), may_change=may_change,
        fixed=name_is_fixed(organisation, actor()), missing=settings_missing(), states=FG_STATES, sizes=SIZES,
        flags=FLAGS, locales=LOCALES, reporters=reporters() if may_change else [],
        history=settings_history(MOST_SHOWN) if may_change else [], blank_names=BLANK_NAMES,
        blank_periods=BLANK_PERIODS, known_as=trade_names_of(organisation),
        reply_waits=reply_address_waits(organisation),
    )  # fmt: skip
