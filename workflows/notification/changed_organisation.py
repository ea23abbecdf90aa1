"""What an organisation says of itself fills the authority's form: a change of it is put before a second person again.

A form that was sent stays as it was sent (workflows/notification/sent_form.py).
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from tenants.database import db
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.breaches import Breach
from tenants.register.breaches import breach as breach_of
from workflows.engine.runs import runs_about
from workflows.law.ap_form import changes, fill
from workflows.notification.ap_dossier import organisation_facts
from workflows.notification.ap_notification import AP_NOTIFICATION, prepare_again, undo_approval

CHANGED = "breach.organisation_changed"
DRAFTED = text("""
    select id from breach where organisation_id = :organisation and may_be_due and decision = 'notify'
       and submitted_at is null""")


def put_before_a_second_person(said_before: Mapping[str, Any], by: Actor) -> int:
    """Art. 5(2), 24: note on each notification whose form changed that it changed, and undo its approval.

    `said_before` is what the organisation said of itself until now (organisation_facts). Whoever is about to approve
    the form has looked at another one, so it has another version, and whoever made the change does not approve it.
    Returns how many forms changed.
    """
    said_now = organisation_facts(the_acting_organisation())
    ids = list(db.session.scalars(DRAFTED, {"organisation": acting_organisation()}))
    count = 0
    for run in runs_about(AP_NOTIFICATION.name, ids, lock=True):
        breach = breach_of(run.subject_id, lock=True)
        questions = changed_questions(breach, said_before, said_now)
        if breach.submitted_at is not None or not questions:
            continue
        undone = prepare_again(breach, run, by) if by.is_a_person else undo_approval(breach, run)
        details = {"questions": questions, **undone}
        record([Entry("breach", breach.id, CHANGED, by, details, {}, breach.version, breach.terms_name)])
        breach.version += 1
        count += 1
    return count


def changed_questions(breach: Breach, before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return the questions of this breach's form that are answered otherwise, by id. What people answered for this
    breach goes before what its organisation says."""
    draft = {"answers": (breach.draft or {}).get("answers", {})}
    forms = [fill({"organisation": said, "draft": draft}) for said in (before, now)]
    return [change.id for change in changes(*forms)]
