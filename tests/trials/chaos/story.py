"""The story while faults are injected: the same acts over the public API, by people who repeat an act without an
answer.

People who hear nothing act as people do: they send an invitation that does not arrive again, and phone a controller
that was not reached. Mail of unknown outcome stays so: only a person may send it again, after an hour.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from service.config import Config
from service.demo.clients import CLAIMED, client_number, domain, is_reachable
from service.demo.names import company
from service.story import notice
from service.story.client import Api, TrialFailed
from service.story.controllers import (
    CLAIMS,
    COLLEAGUES,
    Controller,
    address_of,
    confirm_receipts,
    invite,
    join_as,
    open_register,
)
from service.story.inbox import Inbox, Mail, Told, told_controllers
from service.story.office import ALSO, PROCESSED, at_work
from service.story.operating import verify
from service.story.people import demo_of
from service.story.scenarios import Scenario
from service.story.screen import PAUSE, Screen, wait_until
from workflows.law import gdpr

PATIENCE = 180.0
REACHED_WITHIN, NOTHING_NEW = 60.0, 8.0
MAIL_WITHIN, INVITATIONS = 20.0, 8
"""The most invitations to one address. After three in a day, one more goes for each that nobody heard of, as SendGrid
loses some."""
WORK_WITHIN = 150.0
DUE, ROUND = 30, 25
TOLD_BY = 0
EARLIER = timedelta(hours=100)
REASON = "Zo hebben wij het gewogen, met wat wij weten."
Show = Callable[[int], None]


@dataclass
class StoryUnderFaults:
    """Plays the story and keeps what was done: how many clients each incident hit, and the notice."""

    scenario: Scenario
    controllers: int
    people: int
    seed: int
    config: Config
    lasts: float
    hit: dict[str, int] = field(default_factory=dict)
    decided: int = 0
    phoned: int = 0
    notice_id: str = ""
    teller: Controller | None = None
    ended: bool = False

    def play(self, screen: Screen, is_over: Callable[[], bool]) -> None:
        """Play the story, then record more incidents until the plan of faults is over."""
        try:
            self._play(screen)
            with screen.phase("rounds", "More incidents, until every fault was injected") as show:
                self._rounds(is_over, show)
        finally:
            self.ended = True

    def phone_the_rest(self, screen: Screen) -> None:
        """Call, as the office, every controller that was not reached; after the faults."""
        office = self.office
        with screen.phase("calls", "The office phones who was not reached", sum(self.hit.values())) as show:
            for name in self.hit:
                self.phoned += office.phone_the_rest(show, name)

    def _play(self, screen: Screen) -> None:
        self.inbox, self.demo = Inbox(self.config.sendgrid_host, PATIENCE), demo_of(self.config, PATIENCE)
        with screen.phase("incident", "Incidents are recorded"):
            self.office = at_work(self.demo, self.seed)
            self._record_due()
            self.office.record_incident(self.scenario, self.controllers)
            self.hit["main"] = self.controllers
        with screen.phase("escalate", "Every controller is told", self.controllers) as show:
            self._wait_until_told(show)
        with screen.phase("receipts", "Some confirm receipt", self.controllers // 3) as show:
            mailed = told_controllers(self.inbox, {row["id"] for row in self.office.escalations()})
            confirm_receipts(self.demo.api, mailed, show)
        with screen.phase("claims", "Controllers open their register", CLAIMS) as show:
            people = self._open_registers(mailed, show)
        with screen.phase("notice", "One tells its people") as show:
            self._tell(people[TOLD_BY])
        with screen.phase("decisions", "The others decide", len(people)) as show:
            for controller in people[1:]:
                self._decide(controller)
                show(self.decided)

    def _record_due(self) -> None:
        """Record clients that were phoned almost a whole period ago: one after the other their time runs out meanwhile.
        """
        now, clients = datetime.now(UTC), min(DUE, self.controllers)
        apart, period = self.lasts / clients, gdpr.terms_on(now.date()).notify_within
        hits = [
            {"client_number": client_number(n), "people": 1, "informed_how": "phone",
             "informed_at": (now - period + timedelta(seconds=10 + n * apart)).isoformat()}
            for n in range(clients)
        ]  # fmt: skip
        details = {"title": f"Bijna te laat: {self.scenario.title}", "services": PROCESSED, "clients": hits}
        self.office.record("due", self.scenario, now - EARLIER, details)
        self.hit["due"] = clients

    def _wait_until_told(self, show: Show) -> None:
        """Wait until all are reached or must be called, or nothing has changed for NOTHING_NEW seconds."""
        deadline, since, before = time.monotonic() + REACHED_WITHIN, time.monotonic(), -1
        while time.monotonic() < deadline:
            sums = self.office.board()
            reached = sums["informed_in_all"] + sums["call"]
            show(reached)
            if reached == self.controllers or time.monotonic() - since > NOTHING_NEW:
                return
            if reached != before:
                before, since = reached, time.monotonic()
            time.sleep(PAUSE)

    def _open_registers(self, mailed: Told, show: Show) -> list[Controller]:
        mails = mailed.by_domain()
        heard = [n for n in range(CLAIMED, self.controllers) if is_reachable(n) and domain(n) in mails]
        people = [Controller(number, *self.demo.at_client(number)) for number in range(CLAIMED)]
        for number in heard[: CLAIMS - CLAIMED]:
            owner = open_register(self.demo.api, number, mails)
            people.append(Controller(number, owner, *(self._colleague(owner, number, role) for role in COLLEAGUES)))
            show(len(people))
        return people

    def _colleague(self, owner: Api, number: int, role: str) -> Api:
        address = address_of(number, role)
        for _ in range(INVITATIONS):
            mail = self._invitation(address)
            if mail is not None:
                return join_as(role, self.demo.api, number, mail)
            invite(owner, number, role)
        raise TrialFailed(f"none of {INVITATIONS} invitations came to {address}")

    def _invitation(self, address: str) -> Mail | None:
        deadline = time.monotonic() + MAIL_WITHIN
        while (mail := self.inbox.last_to(address)) is None and time.monotonic() < deadline:
            time.sleep(PAUSE)
        return mail

    def _decide(self, controller: Controller) -> str:
        """Assess, draft, approve and submit by three people; return the id of the breach."""
        breach = self._aware(controller)
        path, preparer = f"/breaches/{breach['id']}", controller.preparer
        preparer.post(f"{path}/receipt")
        preparer.post(f"{path}/assessment", {"risk": "high", "reason": REASON})
        preparer.post(f"{path}/draft", {"decision": "notify", "reason": REASON})
        controller.approver.decide(path, "approval", {"agrees": True})
        wait_until(lambda: preparer.get(path)["run"]["step"] == "submit", f"{path} to be submitted", WORK_WITHIN)
        number = f"AP-{breach['reference']}-{breach['id'][-6:]}"
        controller.sender.decide(path, "submission", {"submitted_at": _now(), "authority_number": number})
        self.decided += 1
        return str(breach["id"])

    def _aware(self, controller: Controller) -> dict[str, Any]:
        """Return the controller's breach once it is aware; a controller that mail did not reach is phoned first."""
        name = company(controller.number)
        row = next(row for row in self.office.escalations() if row["controller_name"] == name)
        if row["informed_at"] is None:
            self._phone(row)
        wait_until(
            lambda: controller.breach_about(self.scenario.title)["became_aware_at"] is not None,
            f"client {controller.number} aware", WORK_WITHIN,
        )  # fmt: skip
        return controller.breach_about(self.scenario.title)

    def _phone(self, row: dict[str, Any]) -> None:
        called = {"outcome": "spoken", "called_at": _now(), "contact_name": "Anna"}
        self.office.api.post(f"/escalations/{row['id']}/conversations", called)
        self.phoned += 1

    def _tell(self, controller: Controller) -> None:
        """Upload the list, write the text, approve and release; its readers are counted after the faults."""
        breach_id, preparer = self._decide(controller), controller.preparer
        path = f"/breaches/{breach_id}"
        wait_until(lambda: preparer.get(path)["notice_id"] is not None, "a notice begun", WORK_WITHIN)
        breach = preparer.get(path)
        self.notice_id, self.teller = breach["notice_id"], controller
        preparer.put(f"/notices/{self.notice_id}/recipients", notice.people_csv(self.people), "text/csv")
        preparer.put(f"/notices/{self.notice_id}/text", notice.text_about(breach))
        controller.approver.decide(f"/notices/{self.notice_id}", "approval", {"agrees": True})
        verify(self.config, preparer)
        controller.sender.decide(f"/notices/{self.notice_id}", "release")

    def _rounds(self, is_over: Callable[[], bool], show: Show) -> None:
        number = 0
        while not is_over():
            number += 1
            name, clients = f"round-{number}", min(ROUND, self.controllers)
            hits = [{"client_number": client_number(n), "people": n + 1} for n in range(clients)]
            details = {"title": f"Ronde {number}: {self.scenario.title}", "services": PROCESSED + ALSO, "clients": hits}
            self.office.record(name, self.scenario, datetime.now(UTC) - timedelta(hours=2), details)
            self.hit[name] = clients
            show(number)
            time.sleep(2.0)


def _now() -> str:
    return datetime.now(UTC).isoformat()
