"""A trial of a notice: one mail to the person who asks for it, marked as a trial. It is no notice to people."""

from collections.abc import Mapping
from datetime import timedelta

from tenants.database import db
from tenants.errors import Invalid
from tenants.history.entries import Actor, Entry, of_subject, record
from tenants.isolation import acting_organisation, database_now
from tenants.register.notices import Notice
from workflows.engine.hints import hint_after_commit
from workflows.mail.batches import Addressee, plan
from workflows.mail.preview import NOT_WRITTEN_YET
from workflows.mail.words import word
from workflows.notice.notice_mail import filling_of

SENT = "notice.trial_sent"
MOST = 5
WITHIN = timedelta(hours=1)
"""One person gets at most MOST trials of one notice in this time."""


def send_trial(notice: Notice, reader: Addressee, by: Actor, words: Mapping[str, str] | None = None) -> None:
    """Mail the notice to `reader`, who is `by`, and record it; `words` as in filling_of.

    Its purpose is that of mail to our own people, so no sum of the notice counts it. Raises Invalid once the notice
    was sent, and after MOST trials.
    """
    # Trials that are asked for at the same moment are counted one after the other.
    db.session.refresh(notice, with_for_update=True)
    if notice.sent_at is not None:
        raise Invalid("notice.trial_too_late")
    since = database_now() - WITHIN
    mine = [entry for entry in of_subject(notice.id) if entry.what == SENT and entry.actor_id == by.id]
    if sum(entry.at > since for entry in mine) >= MOST:
        raise Invalid("notice.trials_over")
    plan("reminder", "notice", _marked(notice, words), [(notice.id, reader)], notice.locale)
    record([Entry("notice", notice.id, SENT, by)])
    hint_after_commit(acting_organisation())


def _marked(notice: Notice, words: Mapping[str, str] | None) -> dict[str, str]:
    filling = {name: value or NOT_WRITTEN_YET for name, value in filling_of(notice, words).items()}
    subject = word("notice.trial_subject", notice.locale).replace("{subject}", filling["subject"])
    return filling | {"subject": subject, "trial": word("notice.trial", notice.locale)}
