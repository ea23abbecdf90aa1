"""The controllers' part of a story: they confirm receipt, open their register by the link, invite a colleague."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.commands.demo import AT_CLIENTS, DEMO_PASSWORD
from service.demo.clients import CLAIMED, domain, is_reachable
from service.trials.client import Api, Refused, TrialFailed
from service.trials.inbox import Inbox, Mail, Told, token_in
from service.trials.screen import wait_until

CLAIMS = 12
"""So many open their register by the mailed link, where there are so many."""
EVERY_THIRD = 3
STORY_PASSWORD = "een-wachtwoord-uit-het-verhaal"
MAIL_WITHIN = 60.0


@dataclass(frozen=True)
class Controller:
    """One controller with the two people who decide there."""

    number: int
    officer: Api
    colleague: Api

    def breach_about(self, title: str) -> dict[str, Any]:
        """Its breach with this title, whole."""
        found = [row for row in self.officer.all("/breaches") if row["title"] == title]
        if len(found) != 1:
            raise TrialFailed(f"client {self.number} has {len(found)} breaches called '{title}' instead of one")
        return dict(self.officer.get(f"/breaches/{found[0]['id']}"))


def who_decide(controllers: int) -> list[int]:
    """The clients that go all the way: those with a register, and the first ones that can be reached."""
    reachable = [number for number in range(CLAIMED, controllers) if is_reachable(number)]
    return [*range(CLAIMED), *reachable[:CLAIMS]]


def confirm_receipts(api: Api, told: Told, show: Callable[[int], None]) -> int:
    """Every third one that was reached confirms receipt by the link, without an account; how many."""
    confirming = [mail for _, mail in sorted(told.arrived.items())][::EVERY_THIRD]
    for nth, mail in enumerate(confirming, 1):
        api.post(f"/receipts/{token_in(mail, 'receipt')}", {"name": mail["name"]})
        show(nth)
    return len(confirming)


def open_registers(
    api: Api, inbox: Inbox, told: Told, numbers: list[int], show: Callable[[int], None]
) -> list[Controller]:
    """Each opens its register, or logs in where it did before, and sees to a colleague who can approve."""
    mails, officers = told.by_domain(), []
    for nth, number in enumerate(numbers, 1):
        officers.append(open_register(api, number, mails))
        show(nth)
    return [
        Controller(number, officer, _colleague(api, inbox, number))
        for number, officer in zip(numbers, officers, strict=True)
    ]


def open_register(api: Api, number: int, mails: dict[str, Mail]) -> Api:
    """The officer of this client opens its register by the mailed link and invites a colleague; or logs in."""
    if number < CLAIMED:
        return _logged_in(api, number, 0)
    mail = mails.get(domain(number))
    if mail is None:
        raise TrialFailed(f"no mail about the breach arrived at {domain(number)}")
    officer = _accept(api, token_in(mail, "receipt"), mail["name"], mail["to"])
    invite_colleague(officer, number)
    return officer


def invite_colleague(officer: Api, number: int) -> None:
    """A second person who can approve is asked to join, by mail."""
    officer.post("/invitations", {"email": colleague_address(number), "role": "approver"})


def join_as_colleague(api: Api, number: int, mail: Mail) -> Api:
    """The colleague follows the link in the invitation."""
    return _accept(api, token_in(mail, "invitation"), "Een collega", colleague_address(number))


def _colleague(api: Api, inbox: Inbox, number: int) -> Api:
    if number < CLAIMED:
        return colleague_at_work(api, number)
    address = colleague_address(number)
    wait_until(lambda: inbox.last_to(address) is not None, f"the invitation to {address}", MAIL_WITHIN)
    return join_as_colleague(api, number, inbox.last_to(address) or {"text": ""})


def colleague_at_work(api: Api, number: int) -> Api:
    """The colleague of a client that has a register already."""
    return _logged_in(api, number, 1)


def colleague_address(number: int) -> str:
    """Where the colleague has mail."""
    return f"collega@{domain(number)}"


def _logged_in(api: Api, number: int, nth: int) -> Api:
    known = {"email": AT_CLIENTS[number][nth].email, "password": DEMO_PASSWORD}
    return api.logged_in(api.post("/session", known))


def _accept(api: Api, token: str, name: str, address: str) -> Api:
    try:
        session = api.post(f"/invitations/{token}", {"name": name, "password": STORY_PASSWORD})
    except Refused as refusal:
        if not api.patience or "invitation.used" not in refusal.keys:
            raise
        # Asked twice because the first answer got lost: the account is there.
        session = api.post("/session", {"email": address, "password": STORY_PASSWORD})
    return api.logged_in(session)
