"""The controllers' part of a story: they confirm receipt, open their register by the mailed link, invite a colleague."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from service.commands.demo import AT_CLIENTS, DEMO_PASSWORD
from service.demo.clients import CLAIMED, domain, is_reachable
from service.trials.client import Api, TrialFailed
from service.trials.inbox import Inbox, Mail, receipt_mails, token_in
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


def confirm_receipts(
    api: Api, inbox: Inbox, escalations: Iterable[str], besides: set[int], show: Callable[[int], None]
) -> int:
    """Some confirm receipt by the link, without an account; how many."""
    wanted, domains = set(escalations), {domain(number) for number in besides}
    mails = [mail for about, mail in sorted(receipt_mails(inbox).items()) if about in wanted]
    confirming = [mail for mail in mails if _domain_of(mail) not in domains][::EVERY_THIRD]
    for nth, mail in enumerate(confirming, 1):
        api.post(f"/receipts/{token_in(mail, 'receipt')}", {"name": mail["name"]})
        show(nth)
    return len(confirming)


def open_registers(base_url: str, inbox: Inbox, numbers: list[int], show: Callable[[int], None]) -> list[Controller]:
    """Each opens its register, or logs in where it did before, and sees to a colleague who can approve."""
    mails = {_domain_of(mail): mail for mail in receipt_mails(inbox).values()}
    api, opened = Api(base_url), []
    for nth, number in enumerate(numbers, 1):
        opened.append(_log_in(api, number) if number < CLAIMED else _claim(api, inbox, number, mails))
        show(nth)
    return opened


def _log_in(api: Api, number: int) -> Controller:
    officer, colleague = (
        api.post("/session", {"email": login.email, "password": DEMO_PASSWORD}) for login in AT_CLIENTS[number]
    )
    slug = officer["organisations"][0]["slug"]
    return Controller(number, api.as_whom(officer["token"], slug), api.as_whom(colleague["token"], slug))


def _claim(api: Api, inbox: Inbox, number: int, mails: dict[str, Mail]) -> Controller:
    mail = mails.get(domain(number))
    if mail is None:
        raise TrialFailed(f"no mail about the breach arrived at {domain(number)}")
    made = _accept(api, token_in(mail, "receipt"), mail["name"])
    slug = made["organisations"][0]["slug"]
    officer = api.as_whom(made["token"], slug)
    address = f"collega@{domain(number)}"
    officer.post("/invitations", {"email": address, "role": "approver"})
    wait_until(lambda: inbox.last_to(address) is not None, f"the invitation to {address}", MAIL_WITHIN)
    joined = _accept(api, token_in(inbox.last_to(address) or {"text": ""}, "invitation"), "Een collega")
    return Controller(number, officer, api.as_whom(joined["token"], slug))


def _accept(api: Api, token: str, name: str) -> dict[str, Any]:
    return dict(api.post(f"/invitations/{token}", {"name": name, "password": STORY_PASSWORD}))


def _domain_of(mail: Mail) -> str:
    return str(mail["to"]).rpartition("@")[2]
