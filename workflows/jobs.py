"""What workers and clock processes run. A job knows the organisation; all else is in PostgreSQL."""

import time
from uuid import UUID, uuid4

from workflows.catalogue import CATALOGUE
from workflows.engine import clocks
from workflows.engine.bell import ring_now
from workflows.engine.drain import drain_steps
from workflows.mail.sender import MailSender
from workflows.mail.sending import send_planned

LONGEST_S = 5.0
_installation: dict[str, MailSender] = {}


def use_mail_sender(sender: MailSender) -> None:
    """Told once, by whoever starts the process."""
    _installation["sender"] = sender


def drain(organisation_id: str) -> int:
    """Do what is ready for this organisation, for five seconds at most; then others have their turn."""
    organisation, done, until = UUID(organisation_id), 0, time.monotonic() + LONGEST_S
    while time.monotonic() < until:
        steps = drain_steps(organisation, CATALOGUE, uuid4())
        sent = send_planned(organisation, _installation["sender"], most=10)
        done += steps + sent
        if not steps and not sent:
            return done
    ring_now([organisation])
    return done


def sweep() -> int:
    """One tick of a clock process: lapsed leases, clocks that must be heard, and hints for all that is ready."""
    for organisation in clocks.organisations_to_hear():
        clocks.hear(organisation, CATALOGUE)
    waiting = clocks.sweep()
    ring_now(waiting)
    return len(waiting)


def poll() -> int:
    """What a worker does of itself, hint or no hint: look where work waits, and do it."""
    return sum(drain(str(organisation)) for organisation in clocks.sweep())
