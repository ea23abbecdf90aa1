"""Whatever people do, in whatever order: a run stands where a plain model of the law says it stands."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tenants.errors import Refused
from tenants.history.entries import Actor
from tenants.identity.users import APPROVER
from tests.factories import BRAM, FENNA, JORIS, a_breach, an_assessment
from tests.workflows.story import Story
from workflows.engine.derive import OPEN
from workflows.notification.ap_notification import AP_NOTIFICATION

PEOPLE = st.sampled_from((FENNA, BRAM, JORIS))
RISKS = st.sampled_from(("unlikely", "risk", "high"))
FINAL = ("done", "failed", "cancelled")


class Notification(RuleBasedStateMachine):
    """The model knows five things: the risk, who saw it, who drafted what, who approved it, whether it was sent in."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story(AP_NOTIFICATION, a_breach())
        self.risk: str | None = None
        self.assessed: Actor | None = None
        self.drafted: tuple[Actor, str] | None = None
        self.approved: Actor | None = None
        self.told = self.submitted = False
        self.final: dict[int, str] = {}

    @rule(who=PEOPLE, risk=RISKS)
    def assess(self, who: Actor, risk: str) -> None:
        if self.does(not self.submitted, who, "assess", **an_assessment(risk)):
            self.risk, self.assessed, self.drafted, self.approved, self.told = risk, who, None, None, False

    @rule(who=PEOPLE, decision=st.sampled_from(("notify", "do_not_notify")))
    def draft(self, who: Actor, decision: str) -> None:
        allowed = self.risk is not None and not self.submitted and (decision == "notify" or self.risk == "unlikely")
        if self.does(allowed, who, "draft", decision=decision, reason="Daarom."):
            self.drafted, self.approved, self.told = (who, decision), None, False

    @rule(who=PEOPLE, agrees=st.booleans())
    def approve(self, who: Actor, agrees: bool) -> None:
        allowed = self.drafted is not None and not self.approved and who not in (self.assessed, self.drafted[0])
        if self.does(allowed, who, "approve", APPROVER, agrees=agrees, reason="Nog eens lezen."):
            self.approved, self.drafted = (who, self.drafted) if agrees else (None, None)

    @rule()
    def the_machine_starts_the_notice(self) -> None:
        if self.expected == "tell-people":
            self.story.machine_does("tell-people")
            self.told = True

    @rule(who=PEOPLE)
    def submit(self, who: Actor) -> None:
        values = {"submitted_at": self.story.now, "authority_number": "AP-1"}
        before = (self.assessed, self.drafted and self.drafted[0], self.approved)
        if self.does(self.expected == "submit" and who not in before, who, "submit", **values):
            self.submitted = True

    def does(self, allowed: bool, who: Actor, step: str, *role: str, **values: object) -> bool:
        try:
            self.story.does(who, step, *role, **values)
        except Refused:
            assert not allowed, f"{step} was refused"
            return False
        assert allowed, f"{step} was let through"
        return True

    @property
    def expected(self) -> str | None:
        if self.risk is None:
            return "assess"
        if self.drafted is None:
            return "draft"
        if not self.approved:
            return "approve"
        if self.risk == "high" and not self.told:
            return "tell-people"
        exempt = self.risk == "unlikely" and self.drafted[1] == "do_not_notify"
        return None if exempt or self.submitted else "submit"

    @invariant()
    def it_is_the_turn_of_what_the_model_says(self) -> None:
        assert self.story.turn == self.expected
        over = {None: "done" if self.submitted else "exempt"}.get(self.expected, "running")
        assert self.story.run.state == over

    @invariant()
    def one_thing_is_to_be_done_at_most(self) -> None:
        assert sum(row.state in OPEN for row in self.story.run.steps) <= 1

    @invariant()
    def a_final_state_is_never_left(self) -> None:
        for position, row in enumerate(self.story.run.steps):
            assert self.final.get(position, row.state) == row.state
            if row.state in FINAL:
                self.final[position] = row.state

    @invariant()
    def the_clock_runs_until_it_was_sent_in(self) -> None:
        clock = self.story.clock("notify-authority")
        assert (clock.state == "running") == (self.expected is not None)
        assert (clock.next_at is None) == (clock.state != "running")


TestNotification = Notification.TestCase
TestNotification.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
