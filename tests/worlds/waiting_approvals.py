"""A breach and a notice that wait for approval, and what the database says to steps done by plain SQL."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.users import APPROVER, AUDITOR, HANDLER, OWNER
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tenants.register.broken_glass import break_it
from tests.factories import NOTICE_TEXT, a_member, an_assessment, an_organisation, an_own_breach
from workflows.engine.advance import complete
from workflows.engine.runs import run_about
from workflows.mail.batches import Addressee
from workflows.notice.bulk_notice import BULK_NOTICE, begin_by_choice, upload_recipients
from workflows.notification.ap_notification import AP_NOTIFICATION

STEP_DONE = """update step set state = 'done', done_at = now(), done_by = :who, done_for = :whom, done_by_name = 'x'
           where run_id = :run and name = :step and state = 'waiting'"""


class WaitingApprovals:
    """An organisation with its people, a breach that waits for approval, and a notice that does."""

    def __init__(self) -> None:
        self.id = an_organisation()
        self.officer, self.other = a_member(self.id), a_member(self.id)
        self.approver, self.handler = a_member(self.id, APPROVER), a_member(self.id, HANDLER)
        self.owner, self.auditor = a_member(self.id, OWNER), a_member(self.id, AUDITOR)
        self.breach = an_own_breach(self.id, self.officer)
        with acting_for(self.id):
            complete(AP_NOTIFICATION, self.breach, "assess", self.officer, "privacy_officer", an_assessment())
            draft = {"decision": "notify", "reason": "Kans op fraude."}
            complete(AP_NOTIFICATION, self.breach, "draft", self.officer, "privacy_officer", draft)
            self.notice = begin_by_choice(breach(self.breach), self.officer).id
            upload_recipients(self.notice, [Addressee("A", "a@x.nl")], self.other, "privacy_officer")
            complete(BULK_NOTICE, self.notice, "text", self.officer, "privacy_officer", dict(NOTICE_TEXT))
            self.runs = {
                "ap_notification": run_about("ap_notification", self.breach).id,
                "bulk_notice": run_about("bulk_notice", self.notice).id,
            }

    def approved(self) -> "WaitingApprovals":
        """Somebody else agreed with both."""
        with acting_for(self.id):
            complete(AP_NOTIFICATION, self.breach, "approve", self.approver, APPROVER, {"agrees": True})
            complete(BULK_NOTICE, self.notice, "approve", self.approver, APPROVER, {"agrees": True})
        return self

    def does(self, workflow: str, step: str, who: Actor, whom: UUID | None = None) -> int:
        """The step is marked done by plain SQL; how many rows that changed."""
        with acting_for(self.id):
            asked = {"run": self.runs[workflow], "step": step, "who": who.id, "whom": whom}
            return int(db.session.execute(text(STEP_DONE), asked).rowcount)  # type: ignore[attr-defined]


def refused(constraint: str, call: Callable[[], Any]) -> None:
    """The database says no, by this name."""
    with pytest.raises(DBAPIError) as fault:
        call()
    assert fault.value.orig.diag.constraint_name == constraint, fault.value.orig  # type: ignore[union-attr]


def broken(house: WaitingApprovals, who: Actor, whom: UUID | None = None) -> None:
    """The glass is broken for the approval."""
    assert who.id
    break_it(house.runs["ap_notification"], "approve", (who.id, whom, who.name), "Iedereen is met vakantie vandaag")
