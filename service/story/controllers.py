"""The controllers' part of a story: they confirm receipt, open their register by the link, and invite colleagues."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.demo.clients import CLAIMED, domain, is_reachable
from service.story.client import Api, TrialFailed
from service.story.inbox import Inbox, Mail, Told, token_in
from service.story.people import Demo, join
from service.story.screen import wait_until
from tenants.identity.users import APPROVER, HANDLER

CLAIMS = 12
"""How many controllers open their register by the mailed link, when there are so many."""
EVERY_THIRD = 3
MAIL_WITHIN = 60.0
COLLEAGUES = {APPROVER: ("collega", "Een collega"), HANDLER: ("behandelaar", "Een behandelaar")}
"""Whom the owner of a register invites: the first part of the address, and the name."""


@dataclass(frozen=True)
class Controller:
    """One controller with the three people who decide. The first of them owns the register."""

    number: int
    preparer: Api
    approver: Api
    sender: Api

    def breach_about(self, title: str) -> dict[str, Any]:
        """Return its breach with this title, in full. Raises TrialFailed unless there is exactly one."""
        rows = [row for row in self.preparer.all("/breaches") if row["title"] == title]
        if len(rows) != 1:
            raise TrialFailed(f"client {self.number} has {len(rows)} breaches called '{title}' instead of one")
        return dict(self.preparer.get(f"/breaches/{rows[0]['id']}"))


def who_decide(controllers: int) -> list[int]:
    """Return the clients that decide: those with a register, and the first ones that can be reached."""
    reachable = [number for number in range(CLAIMED, controllers) if is_reachable(number)]
    return [*range(CLAIMED), *reachable[:CLAIMS]]


def confirm_receipts(api: Api, mails: Told, show: Callable[[int], None]) -> int:
    """Confirm receipt by the link, without an account, for every third controller that was reached. Return how many."""
    confirming = [mail for _, mail in sorted(mails.arrived.items())][::EVERY_THIRD]
    for nth, mail in enumerate(confirming, 1):
        api.post(f"/receipts/{token_in(mail, 'receipt')}", {"name": mail["name"]})
        show(nth)
    return len(confirming)


def open_registers(
    demo: Demo, inbox: Inbox, letters: Told, numbers: list[int], show: Callable[[int], None]
) -> list[Controller]:
    """Open the register of each client and invite those who approve and send; or log in when that was done before."""
    mails, people = letters.by_domain(), []
    owners = {number: open_register(demo.api, number, mails) for number in numbers if number >= CLAIMED}
    for number in numbers:
        people.append(_with_colleagues(demo, inbox, number, owners.get(number)))
        show(len(people))
    return people


def open_register(api: Api, number: int, mails: dict[str, Mail]) -> Api:
    """Open the register of this client by the mailed link, and invite two colleagues.

    Raises TrialFailed without a mail.
    """
    mail = mails.get(domain(number))
    if mail is None:
        raise TrialFailed(f"no mail about the breach arrived at {domain(number)}")
    owner = join(api, token_in(mail, "receipt"), mail["name"], mail["to"])
    for role in COLLEAGUES:
        invite(owner, number, role)
    return owner


def invite(owner: Api, number: int, role: str) -> None:
    """Ask a colleague by mail to join in this role."""
    owner.post("/invitations", {"email": address_of(number, role), "role": role})


def join_as(role: str, api: Api, number: int, mail: Mail) -> Api:
    """Join by the link in the invitation, as the colleague in this role."""
    return join(api, token_in(mail, "invitation"), COLLEAGUES[role][1], address_of(number, role))


def address_of(number: int, role: str) -> str:
    """Return the address of the colleague in this role."""
    return f"{COLLEAGUES[role][0]}@{domain(number)}"


def _with_colleagues(demo: Demo, inbox: Inbox, number: int, owner: Api | None) -> Controller:
    if owner is None:
        return Controller(number, *demo.at_client(number))
    return Controller(number, owner, *(_colleague(demo.api, inbox, number, role) for role in COLLEAGUES))


def _colleague(api: Api, inbox: Inbox, number: int, role: str) -> Api:
    address = address_of(number, role)
    wait_until(lambda: inbox.last_to(address) is not None, f"the invitation to {address}", MAIL_WITHIN)
    return join_as(role, api, number, inbox.last_to(address) or {"text": ""})
