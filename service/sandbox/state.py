"""The parts of a running sandbox, and how a request reaches them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app

from service.sandbox.courier import Courier
from service.sandbox.faults import Faults
from service.sandbox.mailbox import Mailbox
from service.sandbox.settings import SandboxSettings

if TYPE_CHECKING:
    from service.sandbox.account import Account


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The parts of one sandbox, in one process."""

    settings: SandboxSettings
    mailbox: Mailbox
    courier: Courier
    faults: Faults
    lock: int
    account: "Account"


def sandbox() -> Sandbox:
    """Return the sandbox to which this request came."""
    return current_app.extensions["sandbox"]
