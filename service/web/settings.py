"""The settings of an organisation: one form, so whatever was typed in any section is saved or comes back."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, allowed, may, place
from service.admission.proving import ProofNeeded
from service.schemas.settings import SettingsSchema
from service.web.forms import Form
from service.web.merging import EntryOf, Question, Values, begin, bring_together
from service.web.settings_questions import entry_of_setting, fields_changed, questions_of_settings
from service.words.texts import LOCALES, t
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tenants.organisations.settings import (
    COLUMNS,
    FLAGS,
    SECTIONS,
    SIZES,
    reply_address_waits,
    settings_to_change,
    trade_names_of,
)
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
BLANK_NAMES, BLANK_PERIODS, MOST_SHOWN = 2, 2, 20


@blueprint.get("")
@may("read")
def shown() -> ResponseReturnValue:
    """Show all sections; as a form to whoever may change them."""
    return _page(Form.beginning_with(known(the_acting_organisation())))


@blueprint.post("")
@may("see_to_settings")
def save() -> ResponseReturnValue:
    """Save the page, and say so at the section whose button was pressed."""
    pressed = request.form.get("part", "")
    return _saved(pressed if pressed in SECTIONS else next(iter(SECTIONS)))


@blueprint.post("/mail/link")
@may("see_to_settings")
def mail_link() -> ResponseReturnValue:
    """Save the page, and mail another link to the address for answers that waits for its confirmation."""
    return _saved("mail", sends_link=True)


def _saved(section: str, sends_link: bool = False) -> ResponseReturnValue:
    """Save what this person changed, all of it or nothing. What others changed meanwhile stands beside it.

    The settings are locked first, so what is compared is what is stored when these are. An address for answers that is
    changed here gets its one link by that.
    """
    organisation = settings_to_change()
    form, address_before = Form.posted(rows="closed_periods"), organisation.reply_address
    others, version = _bring_together(form, organisation), organisation.settings_version
    values = form.load(SettingsSchema(only=_changed_in(form, organisation)))
    if values is not None and not form.beside:
        with form.showing_refusals():
            seen = form.version_seen()
            change_settings(values, actor(), seen if others is None else version)
            if sends_link and organisation.reply_address == address_before:
                ask_again(actor())
    if form.asks_for_proof():
        raise ProofNeeded("/proof", url_for(".shown", organisation=place().slug, _anchor=section))
    if form.faults or form.beside:
        if form.is_out_of_date:
            form.changed = changes_of(frozenset(COLUMNS), form.version_seen())
        return _page(form), form.status
    is_mailed = sends_link and reply_address_waits(organisation)
    flash(t("settings.link_mailed" if is_mailed else "settings.saved"), section)
    if others:
        flash(t("merging.others", count=others), section)
    return redirect(url_for(".shown", organisation=place().slug, _anchor=section), 303)


def _bring_together(form: Form, organisation: Organisation) -> int | None:
    return bring_together(form, *_compared(organisation))


def _compared(organisation: Organisation) -> tuple[Values, list[Question], EntryOf]:
    """Return what is stored, the questions, and what reads who changed one last."""
    entry_of = entry_of_setting(lambda: settings_history(MOST_SHOWN))
    return Form.beginning_with(known(organisation)).typed, _questions(organisation), entry_of


def _changed_in(form: Form, organisation: Organisation) -> set[str]:
    return fields_changed(_questions(organisation), form.typed, Form.beginning_with(known(organisation)).typed)


def _questions(organisation: Organisation) -> list[Question]:
    """Return what the page asks this person: not the name where it is fixed for them."""
    return questions_of_settings({"name"} if name_is_fixed(organisation, actor()) else ())


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
    begin(form, *_compared(organisation))
    return render_template(
        "settings.html", form=form, of=organisation, known=known(organisation), may_change=may_change,
        fixed=name_is_fixed(organisation, actor()), missing=settings_missing(), states=FG_STATES, sizes=SIZES,
        flags=FLAGS, locales=LOCALES, reporters=reporters() if may_change else [],
        history=settings_history(MOST_SHOWN) if may_change else [], blank_names=BLANK_NAMES,
        blank_periods=BLANK_PERIODS, known_as=trade_names_of(organisation),
        reply_waits=reply_address_waits(organisation), own_messages=tuple(SECTIONS) if may_change else (),
    )  # fmt: skip
