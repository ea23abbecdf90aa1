"""The settings of an organisation, as its own people change them, by the version that they looked at.

What is set here fills the authority's form (Art. 33(3)) and stands in the organisation's mails.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from tenants.database import db
from tenants.errors import Invalid, NotAllowed, OutOfDate
from tenants.history.entries import Actor, Entry, History, of_subjects, record
from tenants.identity.users import OWNER, User, members_of
from tenants.isolation import acting_organisation, database_now
from tenants.organisations.admission import is_admitted
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tenants.organisations.settings import (
    ADDRESSES,
    FG,
    PERSONAL,
    SECTIONS,
    confirmed_reply_address,
    settings_to_change,
)
from workflows.engine.progress import refuse_unless_proven
from workflows.roles import MAY
from workflows.settings.approved_again import approved_again
from workflows.settings.reply_address import ASKED, CONFIRMED, ask_to_confirm, tell_of_change

NOT_SAID, NONE, THIS = "not_said", "none", "this"
FG_STATES = (NOT_SAID, NONE, THIS)
"""Whether an organisation said who its data protection officer is, that it has none, or neither yet."""
NEEDS_PROOF = frozenset({"name", "reply_address", "sender_name", "fg_email"})
"""Settings by which somebody could take answers over, or pass for another: they take a recent second factor. The name
of an organisation always stands in that of the sender of its mails."""
CHANGED = "organisation.settings_changed"
NOTED = (CHANGED, ASKED, CONFIRMED)
"""What the history says of the settings."""
LOOK_AGAIN = text("""
    select note_turn_mail('{}', '{}', '{}', array_agg(s.id), array_agg(now())) from step s
     where s.organisation_id = :organisation and s.kind = 'human' and s.state = 'waiting' and s.turn_at is not null""")
"""The steps that wait for a person: when somebody is told of each is asked anew."""


def change_settings(values: Mapping[str, Any], by: Actor, version: int) -> Organisation:
    """Store these settings, by the names of tenants.organisations.settings.COLUMNS; `fg` is one of FG_STATES.

    What is left out stays. Two people may change different settings from one version. Raises NotAllowed for an API
    token, and for one of NEEDS_PROOF without a recent second factor; OutOfDate when somebody else changed one of these
    since `version`; and Invalid at the field.
    """
    if not by.is_a_person:
        raise NotAllowed("decision.needs_a_person")
    organisation = settings_to_change()
    wanted = _columns(organisation, values)
    new = {name: value for name, value in wanted.items() if value != getattr(organisation, name)}
    if not new:
        return organisation
    _refuse_overtaken(organisation, new, version)
    if "name" in new and (refusal := name_is_fixed(organisation, by)):
        raise Invalid(refusal, "name")
    if NEEDS_PROOF & set(new):
        refuse_unless_proven(by, database_now())
    before, earlier = {name: getattr(organisation, name) for name in new}, organisation.reply_in_use
    with approved_again(organisation, by):
        for name, value in new.items():
            setattr(organisation, name, value)
        if "reply_address" in new:
            organisation.reply_asked_by = [who for who in (by.id, by.for_id) if who]
            ask_to_confirm(organisation)
            tell_of_change(organisation, earlier, before["reply_address"], by)
        _remember(organisation, before, new, by)
    if set(new) & set(SECTIONS["closed"]):
        db.session.execute(LOOK_AGAIN, {"organisation": organisation.id})
    return organisation


def fg_state(organisation: Organisation) -> str:
    """Return which of FG_STATES holds."""
    if organisation.without_fg:
        return NONE
    return THIS if any(getattr(organisation, name) for name in FG) else NOT_SAID


def name_is_fixed(organisation: Organisation, by: Actor) -> str | None:
    """Return why this person cannot correct the name of the organisation, as the key of a text; None when they can.

    After a proof, and of an admitted office, only the operator changes it (workflows/settings/renaming.py).
    """
    if organisation.verified_at is not None:
        return "settings.name_proven"
    if is_admitted():
        return "settings.name_admitted"
    return None if by.role == OWNER else "settings.name_of_owner"


def settings_missing() -> frozenset[str]:
    """Return what the acting organisation has not set yet: "sender" (no confirmed address for answers), "address"
    (no whole address, or no sector), "fg" (neither an officer nor that there is none), "reporters" (somebody who may
    report has no function or no telephone number)."""
    organisation = the_acting_organisation()
    gaps = {
        "sender": confirmed_reply_address(organisation) is None,
        "address": not (_has_address(organisation) and organisation.sector),
        "fg": fg_state(organisation) == NOT_SAID,
        "reporters": any(not (who.function and who.phone) for who in reporters()),
    }
    return frozenset(name for name, is_missing in gaps.items() if is_missing)


def reporters() -> list[User]:
    """Return the members who may send a form to the authority, by name: it asks their function and telephone number."""
    return [user for user, role in members_of(acting_organisation()) if role in MAY["submit"]]


def settings_history(most: int) -> list[History]:
    """Return the newest changes of the acting organisation's settings, at most this many, oldest first."""
    return of_subjects([acting_organisation()], NOTED, most=most)


def changes_of(names: Mapping[str, Any] | frozenset[str], since: int) -> list[History]:
    """Return the changes of these settings since that version, oldest first."""
    later = of_subjects([acting_organisation()], NOTED, since=since)
    return [entry for entry in later if set(entry.details.get("fields", ())) & set(names)]


def _columns(organisation: Organisation, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of columns that are meant: an officer that the organisation says it has not is left out.

    Raises Invalid when an officer is named beside the word that there is none.
    """
    columns = {name: value for name, value in values.items() if name != "fg"}
    state = values.get("fg") or fg_state(organisation)
    named = {name for name in FG if columns.get(name) not in (None, getattr(organisation, name))}
    if state == THIS:
        name = columns.get("fg_name", organisation.fg_name)
        if "fg" in values and not name:
            raise Invalid("field.required", "fg_name")
        return columns | {"without_fg": False}
    if named:
        raise Invalid("settings.fg_named", "fg")
    return columns | (dict.fromkeys(FG) | {"without_fg": state == NONE} if "fg" in values else {})


def _refuse_overtaken(organisation: Organisation, new: Mapping[str, Any], version: int) -> None:
    if version > organisation.settings_version:
        raise OutOfDate()
    if version < organisation.settings_version and changes_of(new, version):
        raise OutOfDate()


def _remember(organisation: Organisation, before: dict[str, Any], new: dict[str, Any], by: Actor) -> None:
    apart = {name for name in new if name in PERSONAL}
    details = {"fields": sorted(new), "was": _but(before, apart), "is": _but(new, apart)}
    personal = {"personal_was": _but(before, set(new) - apart), "personal_is": _but(new, set(new) - apart)}
    version = organisation.settings_version
    record([Entry("organisation", organisation.id, CHANGED, by, details, personal if apart else {}, version)])
    organisation.settings_version = version + 1


def _but(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _has_address(organisation: Organisation) -> bool:
    """Whether the visiting or the postal address has a street, a postcode and a town."""
    return any(all(getattr(organisation, name) for name in names[:3]) for names in ADDRESSES.values())
