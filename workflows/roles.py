"""Who may do what, in one table. Steps name their act, and every view that acts for an organisation is marked with one.

Owner: everything, and only they manage the organisation itself (people, keys, tokens). Privacy officer: prepares.
Approver: decides. Handler: works an incident, and sends. Auditor: reads and exports. FG (Art. 38, 39): reads, exports,
reviews.
"""

from collections.abc import Mapping

from tenants.identity.users import APPROVER, AUDITOR, FG, HANDLER, OWNER, PRIVACY_OFFICER, ROLES

EVERYBODY = frozenset(ROLES)
WORKERS = frozenset({OWNER, PRIVACY_OFFICER, HANDLER})
PREPARERS = frozenset({OWNER, PRIVACY_OFFICER})
DECIDERS = frozenset({OWNER, APPROVER})
WITNESSES = frozenset({OWNER, PRIVACY_OFFICER, AUDITOR, FG})
OWNERS = frozenset({OWNER})
PEOPLE_OF_A_DECISION = 3
"""The roles that a decision takes: one prepares, one approves, one sends."""

STEPS: Mapping[str, frozenset[str]] = {
    # Art. 33: assess, draft, decide, send
    "assess": PREPARERS,
    "draft": PREPARERS,
    "approve": DECIDERS,
    "submit": WORKERS,
    # Art. 34: list, text, decide, send
    "recipients": PREPARERS,
    "text": PREPARERS,
    "release": WORKERS,
}
"""The acts that are steps of a person: no token may do one (workflows/accounts/tokens.py)."""

MAY: Mapping[str, frozenset[str]] = {
    **STEPS,
    "read": EVERYBODY,
    "leave": EVERYBODY,
    "export": WITNESSES,
    "read_people": WORKERS,
    # an incident, and what becomes known of it
    "record_incident": WORKERS,
    "record_breach": WORKERS,
    "end_incident": WORKERS,
    "supplement": WORKERS,
    "see_changes": frozenset({OWNER, PRIVACY_OFFICER, APPROVER, HANDLER}),
    "confirm_receipt": frozenset({OWNER, PRIVACY_OFFICER, APPROVER, HANDLER}),
    "call": WORKERS,
    "answer_form": WORKERS,
    "move_term": PREPARERS,
    "state_awareness": PREPARERS,
    "begin_notice": PREPARERS,
    "try_notice": frozenset({OWNER, PRIVACY_OFFICER, APPROVER, HANDLER}),
    # what a machine could not do
    "settle": PREPARERS,
    "try_again": PREPARERS,
    # the house itself
    "register_clients": PREPARERS,
    "change_clients": PREPARERS,
    "bring_files": WORKERS,
    "take_over_register": PREPARERS,
    "see_to_settings": PREPARERS,
    "see_to_processors": PREPARERS,
    "join_registers": OWNERS,
    "prove_organisation": PREPARERS,
    "see_to_people": OWNERS,
    "appoint_deputy": OWNERS,
    "break_glass": OWNERS,
    "review_broken_glass": frozenset({OWNER, PRIVACY_OFFICER, APPROVER, FG}),
    "see_to_tokens": OWNERS,
    "see_to_provider": OWNERS,
    "see_to_keys": OWNERS,
}

NEEDS_FRESH_PROOF = frozenset({
    "see_to_people", "appoint_deputy", "break_glass", "see_to_tokens", "see_to_provider", "see_to_keys",
    "join_registers", "see_to_processors",
})  # fmt: skip
"""Acts on the organisation itself that take a second factor of at most five minutes ago; steps ask for it
themselves."""
ON_A_VERSION = frozenset({"approve", "submit", "release", "break_glass", "change_clients"})
"""Acts whose request says which version the person looked at, so that they decide on, send and overwrite what they have
seen."""

ALONE = ("approve", "submit", "release")
"""Steps that take another person than the steps before them; an owner may do one alone, with a reason."""

DECISIVE = ("approve", "submit", "release", "break_glass")
"""The acts that put a decision in force, or send it."""


def decides(role: str) -> frozenset[str]:
    """Return the deciding acts that this role may do."""
    return frozenset(act for act in DECISIVE if role in MAY[act])


def weighs(role: str) -> frozenset[str]:
    """Return the deciding acts of this role, and whether it reviews what was done alone: all members are told of both.
    """
    return decides(role) | frozenset({"review_broken_glass"} if may(role, "review_broken_glass") else ())


def may(role: str, act: str) -> bool:
    """Whether this role may do this. Raises KeyError for an act that is not in the table."""
    return role in MAY[act]
