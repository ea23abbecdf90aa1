"""A run told as a story: who does what and when, in memory, in milliseconds."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tenants.history.entries import SYSTEM, Actor
from tenants.identity.users import APPROVER, PRIVACY_OFFICER
from tests.factories import BRAM, FENNA, FRIDAY_EVENING, a_breach, an_assessment
from workflows.engine.progress import carry_out, mark_done, settle
from workflows.engine.runs import ClockRow, Run
from workflows.engine.steps import Act, Nothing, Workflow
from workflows.notification.ap_notification import AP_NOTIFICATION


class Story:
    """One run about one subject, and the moment it is now."""

    def __init__(self, workflow: Workflow, subject: Any, now: datetime = FRIDAY_EVENING) -> None:
        self.workflow, self.subject, self.now = workflow, subject, now
        self.run = Run(workflow=workflow.name, version=workflow.version, state="running", created_at=now)
        self.run.steps, self.run.clocks = [], []
        settle(workflow, self.run, subject, now)

    def later(self, hours: float) -> None:
        """Time goes by."""
        self.now += timedelta(hours=hours)

    def does(self, who: Actor, step: str, role: str = PRIVACY_OFFICER, **values: Any) -> None:
        """A person who has just given a second factor, unless it is said when, does a step; a minute passes."""
        by = who if who.proven_at else replace(who, proven_at=self.now)
        carry_out(self.workflow, self.run, self.subject, step, Act(by, role, self.now, values))
        self.later(1 / 60)

    def machine_does(self, step: str) -> None:
        """A worker has done the open step, which must be this one."""
        row = self.run.open_step()
        assert row is not None and row.name == step
        mark_done(self.run, row, Act(SYSTEM, "system", self.now, Nothing()))
        settle(self.workflow, self.run, self.subject, self.now)
        self.later(1 / 60)

    @property
    def turn(self) -> str | None:
        """The step that is to be done now."""
        row = self.run.open_step()
        return row.name if row else None

    @property
    def done(self) -> list[str]:
        """What was done, in the order of doing."""
        return [row.name for row in self.run.done()]

    def clock(self, name: str) -> ClockRow:
        """The run's clock with this name."""
        return next(clock for clock in self.run.clocks if clock.name == name)


def a_story(**facts: Any) -> Story:
    return Story(AP_NOTIFICATION, a_breach(**facts))


def drafted(risk: str = "risk", decision: str = "notify", **facts: Any) -> Story:
    """Fenna has assessed and drafted; a second person must look."""
    story = a_story(**facts)
    story.does(FENNA, "assess", **an_assessment(risk))
    story.does(FENNA, "draft", decision=decision, reason="Een kans op identiteitsfraude.")
    return story


def approved(risk: str = "risk", decision: str = "notify", **facts: Any) -> Story:
    story = drafted(risk, decision, **facts)
    story.does(BRAM, "approve", APPROVER, agrees=True)
    return story
