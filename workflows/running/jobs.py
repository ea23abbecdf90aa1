"""What workers and clock processes run. A job names an organisation; everything else is read from PostgreSQL."""

import threading
import time
from uuid import UUID, uuid4

from tenants.isolation import acting_for_nobody
from workflows.catalogue import CATALOGUE
from workflows.decisions.failures import tell_failures
from workflows.decisions.mail_decisions import tell_unconfirmed
from workflows.decisions.turn_mails import drop_lost_turns, mail_turns, note_turns, people_to_mail, places_of_turns
from workflows.engine import clocks, metrics
from workflows.engine.drain import drain_steps
from workflows.engine.hints import hint_now
from workflows.engine.repeats import Repeats
from workflows.escalation.asking_contacts import ask_contacts, offices_to_ask
from workflows.evidence import witnessing
from workflows.mail.limits import let_mail_of_today_go
from workflows.mail.sender import MailSender
from workflows.mail.sending import send_planned

REPEATS = Repeats()
LONGEST_S = 5.0
stop_soon = threading.Event()
"""Set when the process was asked to stop: it finishes the work that it has begun, and begins nothing more."""
_installation: dict[str, MailSender] = {}


def use_mail_sender(sender: MailSender) -> None:
    """Set the sender of mail of this process. Called once, when the process starts."""
    _installation["sender"] = sender


def drain(organisation_id: str) -> int:
    """Do what is ready for this organisation, for at most five seconds; then another organisation has its turn."""
    organisation, done, until = UUID(organisation_id), 0, time.monotonic() + LONGEST_S
    while time.monotonic() < until:
        if stop_soon.is_set():
            return done
        steps = drain_steps(organisation, CATALOGUE, uuid4(), stop_soon.is_set)
        sent = _send(organisation)
        done += steps + sent
        if not steps and not sent:
            return done
    hint_now([organisation])
    return done


def _send(organisation: UUID) -> int:
    begun = time.perf_counter()
    sent = send_planned(organisation, _installation["sender"], most=1)
    if sent:
        metrics.note_call("mail", "send", sent, time.perf_counter() - begun)
    return sent


def sweep(most: int = clocks.MOST) -> int:
    """Do one tick of a clock process: free lapsed leases, hear due clocks, mail those whose turn it is, ask
    contacts whether they still are, and give hints for all that is ready.

    No statement of it takes more than `most` organisations, or rows of one organisation.
    """
    for organisation in clocks.organisations_to_hear(CATALOGUE, most):
        for what in (_hear, _note_turns, _tell_failures, tell_unconfirmed):
            REPEATS.apart(what, organisation, most)
    homes = people_to_mail(most)
    people = [person for person, _ in homes]
    for organisation in places_of_turns(people):
        REPEATS.apart(drop_lost_turns, organisation, *people)
    for person, home in homes:
        REPEATS.apart(mail_turns, person, home)
    for organisation in witnessing.due_to_sign():
        REPEATS.apart(witnessing.sign, organisation)
    for organisation, ends in witnessing.due_to_carry().items():
        REPEATS.apart(witnessing.carry, organisation, *ends)
    for office in offices_to_ask(most):
        REPEATS.apart(ask_contacts, office, most)
    with acting_for_nobody():
        let_mail_of_today_go()
    waiting = clocks.sweep(most)
    hint_now(waiting)
    return len(waiting)


def _hear(organisation: UUID, most: int) -> int:
    return clocks.hear(organisation, CATALOGUE, most)


def _note_turns(organisation: UUID, most: int) -> int:
    return note_turns(organisation, CATALOGUE, most)


def _tell_failures(organisation: UUID, most: int) -> int:
    return tell_failures(organisation, CATALOGUE, most)


def poll() -> int:
    """Look where work waits and do it, without any hint."""
    return sum(REPEATS.apart(_drain, organisation) for organisation in clocks.sweep())


def _drain(organisation: UUID) -> int:
    return drain(str(organisation))
