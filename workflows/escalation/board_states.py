"""Where a client of an incident stands: the only vocabulary of the board, its tiles, its file and the API.

A client has one state. A client that nobody informed yet also has a term: late, soon or waiting. State and term
together are one number (the code) in the database, and one letter in what a page that stays open is sent.
"""

from datetime import timedelta

SOON = timedelta(hours=6)
"""A term that ends within this time is shown as "soon"."""
CALL_NOW, BOUNCED, PHONE_ONLY, UNKNOWN, STOPPED = "call_now", "bounced", "phone_only", "unknown", "stopped"
UNDER_WAY, TO_WRITE = "under_way", "to_write"
ASKS = (CALL_NOW, BOUNCED, PHONE_ONLY, UNKNOWN, STOPPED)
"""The states in which a machine can do no more: somebody at the office must call or decide."""
SAYS_CALL = (CALL_NOW, BOUNCED, PHONE_ONLY)
"""The states whose words already say that the office must call."""
NOT_INFORMED = (*ASKS, UNDER_WAY, TO_WRITE)
INFORMED = ("informed", "acknowledged", "decided")
STATES = (*NOT_INFORMED, *INFORMED)
"""Each client has exactly one of these, so they add up to the total; what asks for an act of the office comes first."""
TERMS = ("late", "soon", "waiting")
"""Each client that is not informed has exactly one of these."""
FILTERS = (*STATES, *TERMS)

Where = tuple[str, str | None]
"""A state and a term; the term of an informed client is None."""
CODES: tuple[Where, ...] = (
    *((state, term) for state in NOT_INFORMED for term in TERMS), *((state, None) for state in INFORMED)
)  # fmt: skip
LETTERS = {chr(ord("a") + code): where for code, where in enumerate(CODES)}


def codes_of(name: str) -> list[int]:
    """Return the codes of a state or of a term. Unknown names have none."""
    return [code for code, where in enumerate(CODES) if name in where]


def counted(letters: str) -> dict[str, int]:
    """Return for each state and each term how many of these letters have it, also 0."""
    many = {where: letters.count(letter) for letter, where in LETTERS.items()}
    return {name: sum(count for where, count in many.items() if name in where) for name in FILTERS}
