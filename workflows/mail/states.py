"""The states of one recipient's mail: the only vocabulary, the same as the table `mail_state` that SQL joins."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MailState:
    """rank: an event moves a recipient to a higher rank only, in whatever order the events arrive.
    on_the_way: something may still come of it by itself. awaits_event: SendGrid took it and an event will say the end.
    not_reached: the next channel has this person, such as a letter or a telephone call."""

    name: str
    rank: int
    on_the_way: bool = False
    awaits_event: bool = False
    not_reached: bool = False


UNKNOWN, UNCONFIRMED, DELIVERED, PLANNED = "unknown", "unconfirmed", "delivered", "planned"
NO_ADDRESS = "no_address"
"""Nobody mails them: on the list without an address of their own, they are told in another way."""
STATES = (
    MailState(PLANNED, 0, on_the_way=True),
    MailState(UNKNOWN, 1, on_the_way=True),
    MailState("accepted", 2, on_the_way=True, awaits_event=True),
    MailState("processed", 3, on_the_way=True, awaits_event=True),
    MailState("deferred", 4, on_the_way=True, awaits_event=True),
    MailState(UNCONFIRMED, 5, not_reached=True),
    MailState(DELIVERED, 6),
    MailState("bounced", 7, not_reached=True),
    MailState("dropped", 7, not_reached=True),
    MailState("rejected", 7, not_reached=True),
    MailState(NO_ADDRESS, 7, not_reached=True),
)
NAMES = tuple(state.name for state in STATES)
"""The names of all states, in the order in which sums show them."""
ON_THE_WAY = tuple(state.name for state in STATES if state.on_the_way)
SENT = tuple(state.name for state in STATES if state.awaits_event)
"""SendGrid took the mail, and nothing says yet how it ended."""
REACHED = (DELIVERED,)
NOT_REACHED = tuple(
    state.name for state in sorted(STATES, key=lambda state: -state.rank) if state.not_reached
)  # fmt: skip
"""First the states that an event reported, then the one that a person chose."""
