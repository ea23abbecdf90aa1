"""One story from the login to the last notice, played over the public API of a running service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.config import Config
from service.story import decisions, notice
from service.story.controllers import Controller, confirm_receipts, open_registers, who_decide
from service.story.inbox import Inbox, told_controllers
from service.story.office import Office, at_work
from service.story.operating import verify
from service.story.people import demo_of
from service.story.scenarios import Scenario
from service.story.screen import Screen, wait_until

LEAST_CONTROLLERS = 12
SETTLE_WITHIN = 60.0
# Places among the controllers that decide.
HIGH, LATE = 2, 3
NOT_NOTIFYING = (4, 5)


@dataclass
class Played:
    """What the story saw. Everything here was told by the API or by the sandbox's log."""

    escalations: list[dict[str, Any]]
    first_sign: list[dict[str, Any]]
    board: dict[str, int]
    confirmed: int
    climbed: int
    phoned: int
    outcome: decisions.Outcome
    ending: notice.Told
    mailed: list[dict[str, Any]]
    sandbox: dict[str, Any]


@dataclass(frozen=True)
class Story:
    """Which story it is, how large, and in which installation."""

    scenario: Scenario
    controllers: int
    people: int
    seed: int
    config: Config

    def play(self, screen: Screen) -> Played:
        """Play the whole story. Every wait has an end. Raises TrialFailed when it cannot go on."""
        inbox, demo = Inbox(self.config.sendgrid_host), demo_of(self.config)
        with screen.phase("login", "The office's privacy officer logs in"):
            office = at_work(demo, self.seed)
        decide = who_decide(self.controllers)
        with screen.phase("incident", f"One incident is recorded: {self.scenario.title}"):
            office.record_first_sign(self.scenario, decide[LATE])
            office.record_incident(self.scenario, self.controllers)
        with screen.phase("escalate", "Every controller is told", self.controllers) as show:
            office.wait_until_informed(self.controllers, show)
        with screen.phase("receipts", "Some confirm receipt", self.controllers // 3) as show:
            mailed = told_controllers(inbox, {row["id"] for row in office.escalations()})
            confirmed = confirm_receipts(demo.api, mailed, show)
        with screen.phase("claims", "Controllers open their register", len(decide)) as show:
            people = open_registers(demo, inbox, mailed, decide, show)
        return self._second_half(screen, inbox, office, people, (confirmed, mailed.climbed()))

    def _second_half(
        self, screen: Screen, inbox: Inbox, office: Office, people: list[Controller],
        counted: tuple[int, int],
    ) -> Played:  # fmt: skip
        high, late, *others = (people[place].number for place in (HIGH, LATE, *NOT_NOTIFYING))
        about = (self.scenario.title, f"Eerste teken: {self.scenario.title}", self.scenario.facts)
        plan = decisions.Plan(*about, high, late, frozenset(others))
        with screen.phase("decisions", "They decide, three people each", len(people)) as show:
            outcome = decisions.decide_all(people, plan, show)
        with screen.phase("notice", "One tells its people", self.people) as show:
            notice_end = self._tell(outcome, show)
        to_call = office.board()["call"]
        with screen.phase("calls", "The office phones who could not be reached", max(1, to_call)) as show:
            phoned = office.phone_the_rest(show)
        with screen.phase("settle", "The last events come in"):
            wait_until(lambda: not inbox.sums()["events"]["pending"], "every event brought", SETTLE_WITHIN)
            wait_until(lambda: office.board()["call"] == 0, "the call list empty", SETTLE_WITHIN)
        mailed = [mail for mail in inbox.mails(notice.SUBJECT) if mail["custom_args"]["n"] == notice_end.notice_id]
        return Played(
            office.escalations(), office.escalations("first"), office.board(), *counted, phoned, outcome, notice_end,
            mailed, inbox.sums(),
        )  # fmt: skip

    def _tell(self, outcome: decisions.Outcome, show: Callable[[int], None]) -> notice.Told:
        assert outcome.told_by is not None
        controller, breach_id = outcome.told_by
        verify(self.config, controller.preparer)
        return notice.tell_people(controller, breach_id, self.people, show)
