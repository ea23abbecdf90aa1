"""The parts of a running sandbox, and how a request reaches them."""

from dataclasses import dataclass

from flask import current_app

from service.sandbox.courier import Courier
from service.sandbox.faults import Faults
from service.sandbox.mailbox import Mailbox
from service.sandbox.settings import SandboxSettings


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What one process holds."""

    settings: SandboxSettings
    mailbox: Mailbox
    courier: Courier
    faults: Faults
    lock: int


def sandbox() -> Sandbox:
    """The sandbox this request came to."""
    return current_app.extensions["sandbox"]
