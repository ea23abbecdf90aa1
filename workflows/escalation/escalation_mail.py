"""The message to a controller's next contact, with the link to confirm receipt and open its register."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.history.entries import SYSTEM, Entry, record
from tenants.identity.invitations import Invitation, new_invitation
from tenants.identity.users import OWNER
from tenants.isolation import acting_organisation, database_now
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tenants.organisations.settings import confirmed_reply_address
from tenants.register.escalations import LED_ELSEWHERE, Escalation
from tenants.register.incidents import Incident, incident
from workflows.law import gdpr
from workflows.law.periods import AMSTERDAM
from workflows.mail.batches import Addressee, addressee, plan
from workflows.mail.links import receipt_link
from workflows.mail.preview import Letter, preview_mail
from workflows.mail.sender_names import called_as_sender, is_header_address
from workflows.mail.words import local_moment, word

FIRST, AGAIN = "escalation", "escalation_next_contact"
"""The names of the two texts: for the first contact, and for a later one."""
EXAMPLE_TOKEN = "-"
# Whom a mail did not reach was not written to: that a contact did not react is true only of the others.
WRITTEN = text("""
    select distinct about_id from recipient r
     where organisation_id = :organisation and about_id = any(:ids) and purpose = 'escalation'
       and not (select s.not_reached from mail_state s where s.name = r.state)
       and not exists (select from escalation e where e.processor_id = :organisation and e.id = r.about_id
                                                  and e.led_elsewhere_at >= r.created_at)""")

# By place in the order of contacts, and what moved those places since. What led to somebody else does not count.
WRITTEN_AT = text("""
    select h.subject_id, h.details from history h
      join escalation e on e.processor_id = h.organisation_id and e.id = h.subject_id
     where h.organisation_id = :organisation and h.subject_id = any(:ids)
       and (h.what = :written or h.details ? 'removed')
       and (e.led_elsewhere_at is null or h.at > e.led_elsewhere_at) order by h.seq""")
WROTE = "escalation.written"


NOBODY, NO_REACTION, UNREACHED, CONFIRMED = "nobody", "no_reaction", "unreached", "confirmed"
BY_A_PERSON = ("phone", "letter")
"""How the office itself informs a controller: then there was more than a mail to react to."""


def write_to_next_contact(escalations: list[Escalation], anew: Collection[dict[str, Any]] = ()) -> None:
    """Plan a message to the next contact that has an address and was not written to out of turn.

    `anew`: contacts that are written to also when they were before. The escalation goes on the call list where no
    contact is left, and where a contact was passed over: that one hears nothing by mail.
    """
    now, tried = database_now(), {e.id for e in escalations if e.rung}
    earlier, places = _written_to_before(tried), places_written_to(e.id for e in escalations)
    written: list[tuple[Escalation, Addressee]] = []
    for escalation in escalations:
        contact, is_passed_over = _next_to_write_to(escalation, places.get(escalation.id, set()), anew)
        if contact is None or is_passed_over:
            escalation.call_needed_at = escalation.call_needed_at or now
        if contact is not None:
            written.append((escalation, contact))

    def alike(pair: tuple[Escalation, Addressee]) -> tuple[UUID, str]:
        return pair[0].incident_id, _before(pair[0], tried, earlier)

    for (incident_id, before), pairs in groupby(sorted(written, key=alike), key=alike):
        _plan(incident(incident_id), before, list(pairs), now)


def _before(escalation: Escalation, tried: set[UUID], earlier: set[UUID]) -> str:
    """Return what became of the contact before this one: there was none, it did not react, or it was not reached.

    That nobody reacted is not true of a controller that confirmed, nor of one that the office telephoned.
    """
    if escalation.acknowledged_at is not None:
        return CONFIRMED
    if escalation.informed_how in BY_A_PERSON:
        return NOBODY
    if escalation.id in earlier:
        return NO_REACTION
    return UNREACHED if escalation.id in tried else NOBODY


def _written_to_before(ids: Iterable[UUID]) -> set[UUID]:
    asked = list(ids)
    written = db.session.scalars(WRITTEN, {"organisation": acting_organisation(), "ids": asked}) if asked else ()
    return set(written)


def places_written_to(ids: Iterable[UUID]) -> dict[UUID, set[int]]:
    """Return the places (from 1) of the contacts that each of these escalations was written to at, in one query.

    They are as the entries that are written in the history say; what this transaction recorded is not among them yet.
    """
    values = {"organisation": acting_organisation(), "ids": list(ids), "written": WROTE}
    places: dict[UUID, set[int]] = {}
    for escalation_id, details in db.session.execute(WRITTEN_AT, values):
        before = places.get(escalation_id, set())
        places[escalation_id] = _moved(before, details) if "removed" in details else before | {details["contact"]}
    return places


def _moved(places: set[int], details: dict[str, Any]) -> set[int]:
    """Return these places where contacts went from the list, because another stood there already (Replaced.moved)."""
    gone, place = details["removed"], details["place"]
    stay = {each - sum(went < each for went in gone) for each in places if each != place and each not in gone}
    return stay | {place} if details["stood_at"] in places else stay


def _next_to_write_to(
    escalation: Escalation, places: Collection[int] = (), anew: Collection[dict[str, Any]] = ()
) -> tuple[Addressee | None, bool]:
    """Move on to the next contact that mail can go to, and return it and whether one before it hears nothing by mail.

    A contact with an impossible address hears nothing, and one whose mail led to somebody else until the office checked
    it. A contact at one of these places was written to before it was its turn, and is not written to again.
    """
    is_passed_over = False
    while (contact := escalation.next_contact) is not None:
        escalation.rung += 1
        to = addressee(contact.get("name") or "", contact.get("email") or "")
        hears_nothing = to is None or LED_ELSEWHERE in contact
        if not hears_nothing and (contact in anew or escalation.rung not in places):
            return to, is_passed_over
        is_passed_over = is_passed_over or hears_nothing
    return None, is_passed_over


def _plan(about: Incident, before: str, pairs: list[tuple[Escalation, Addressee]], now: datetime) -> None:
    office, again = the_acting_organisation(), before == NO_REACTION
    key = AGAIN if again else FIRST
    invitations: list[Invitation] = []
    addressees: list[tuple[UUID, Addressee]] = []
    for escalation, contact in pairs:
        token, invitation = new_invitation(
            escalation.controller_id, contact.address, OWNER, escalation.breach_id, now
        )
        invitations.append(invitation)
        values = _own_values(escalation, again, now, office.locale, token)
        addressees.append((escalation.id, replace(contact, values=values)))
    db.session.add_all(invitations)
    common = _common(about, office)
    if before in (UNREACHED, CONFIRMED):
        common["why_you"] = word(f"why_you.{before}", office.locale)
    plan("escalation", key, common, addressees, office.locale)
    record(
        Entry("escalation", e.id, WROTE, SYSTEM, {"contact": e.rung}) for e, _ in pairs
    )


def first_message(about: Incident, escalation: Escalation, now: datetime) -> tuple[Addressee, Letter] | None:
    """Return to whom the first message about this escalation goes and how that person reads it; None when mail can go
    to no contact.

    The link in it opens nothing. The escalation counts as written to, so the caller gives one that is not kept.
    """
    (contact, _), office = _next_to_write_to(escalation), the_acting_organisation()
    if contact is None:
        return None
    own = _own_values(escalation, False, now, office.locale, EXAMPLE_TOKEN)
    common = _common(about, office)
    return contact, preview_mail(FIRST, common, replace(contact, values=own), office.locale, about.is_test)


def _own_values(escalation: Escalation, again: bool, now: datetime, locale: str, token: str) -> dict[str, str]:
    return {
        "controller": escalation.controller_name, "link": receipt_link(token),
        "people": _people(escalation, locale), **time_left(escalation, again, now, locale),
    }  # fmt: skip


def _common(about: Incident, office: Organisation) -> dict[str, str]:
    locale = office.locale
    unknown = word("not_yet_known", locale)
    return {
        **_sender(about, office),
        "office": office.name, "title": about.title, "found_at": local_moment(about.found_at, locale),
        "what_happened": about.description, "measures": about.measures or unknown,
        "contact_name": about.contact_name, "contact_email": about.contact_email,
        "contact_phone": about.contact_phone or "", "aware_at": local_moment(about.became_aware_at, locale),
        "cause": about.cause or unknown, "data": _kinds("data", about, locale),
        "groups": _kinds("groups", about, locale), "why_you": "",
    }  # fmt: skip


def _sender(about: Incident, office: Organisation) -> dict[str, str]:
    """Return who the message comes from, and where an answer goes: the confirmed address of the office's settings, else
    the contact that the message names; the first of both that a mail can name."""
    known = (confirmed_reply_address(office), about.contact_email)
    answers = next((address for address in known if address and is_header_address(address)), None)
    return {"on_behalf_of": called_as_sender(office)} | ({"reply_to": answers} if answers else {})


def _kinds(fact: str, about: Incident, locale: str) -> str:
    """Return the kinds of data or of people, in words, as far as they are known."""
    kinds = about.facts.get(fact) or ()
    return ", ".join(word(f"{fact}.{kind}", locale) for kind in kinds) or word("not_yet_known", locale)


def time_left(escalation: Escalation, again: bool, now: datetime, locale: str) -> dict[str, str]:
    """Return how long the controller has, for subject and text: from when it was told, or from this message if it is
    the first.

    Art. 33(1) counts from awareness: a controller that was telephoned before has less than the whole term left. `again`
    says that an earlier contact was written to and did not react. `now` is aware.
    """
    at = escalation.informed_at
    period = gdpr.authority_period(at or now)
    hours = gdpr.terms_on((at or now).astimezone(AMSTERDAM).date()).hours
    if at is None:
        return _worded("hours", "next" if again else "first", locale, hours=str(hours))
    is_over, until = period.alarm_at <= now, local_moment(period.alarm_at, locale)
    how = word(f"told_how.{escalation.informed_how}", locale)
    return _worded(
        "now" if is_over else "moment", "over" if is_over else "known", locale, hours=str(hours), until=until,
        moment=local_moment(at, locale), how=how,
    )  # fmt: skip


def _worded(subject: str, text_key: str, locale: str, **values: str) -> dict[str, str]:
    return {
        "decide_by": word(f"decide_by.{subject}", locale).format(**values),
        "your_time": word(f"your_time.{text_key}", locale).format(**values),
    }


def _people(escalation: Escalation, locale: str) -> str:
    least, most = escalation.people_min, escalation.people_max
    if least is None and most is None:
        return word("not_yet_known", locale)
    known = " - ".join(dict.fromkeys(str(end) for end in (least, most) if end is not None))
    count = word("people_about", locale).format(count=known) if escalation.people_estimate else known
    if least is not None and most is not None:
        return count
    return word("people_at_least" if most is None else "people_at_most", locale).format(count=count)
