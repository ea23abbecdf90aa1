"""The words for a breach's facts, from which the advice on duties (Art. 33, 34) is computed.

Standard library only. The words are those of the AP's form (6.1, 6.2, 7.1) where it has them. A fact that is None or
left out is not known.
"""

from collections.abc import Mapping
from math import inf
from types import MappingProxyType

NATURES = ("confidentiality", "integrity", "availability_temporary", "availability_permanent")
DATA_GENERAL = (
    *("name", "gender", "birth", "bsn", "address", "email", "phone", "credentials", "iban", "creditcard"),
    *("financial", "debts", "benefits", "id_copies", "location", "criminal"),
)
DATA_SPECIAL = (  # Art. 9
    *("ethnicity", "political", "belief", "union", "sexual", "health", "genetic", "biometric"),
)
DATA_FILED_UNDER_OTHER = (
    *("employment", "payroll", "tax", "insurance", "purchases", "traffic", "education", "other"),
)
DATA = DATA_GENERAL + DATA_SPECIAL + DATA_FILED_UNDER_OTHER
GROUPS = ("employees", "customers", "students", "patients", "minors", "vulnerable", "other")
PROTECTIONS = ("none", "encrypted", "hashed", "unknown")
COPIES = ("none", "paper", "electronic", "unknown")
INTERRUPTIONS = ("none", "delay", "harm", "unknown")
TAKEN = ("no", "possible", "yes", "unknown")
RECIPIENTS = ("nobody", "one_trusted", "known", "unknown", "public")

MANY_OF: Mapping[str, tuple[str, ...]] = MappingProxyType({"nature": NATURES, "data": DATA, "groups": GROUPS})
ONE_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "protection": PROTECTIONS,
        "copy": COPIES,
        "interruption": INTERRUPTIONS,
        "taken": TAKEN,
        "recipients": RECIPIENTS,
    }
)
YES_OR_NO = ("key_safe", "deletion_confirmed", "malicious", "misused")
COUNTS = ("people_min", "people_max")
HOURS = ("restored_within_hours",)
FACTS = (*MANY_OF, *ONE_OF, *YES_OR_NO, *COUNTS, *HOURS)

EXEMPTING = ("measures_removed_high_risk", "disproportionate_effort", "financial_undertaking")
"""Yes or no, for the duty to people only: Art. 34(3)(b), 34(3)(c), UAVG Art. 42. Not in the published vocabulary."""

SAID_TO_BE_UNKNOWN = ("protection", "copy", "interruption", "taken")
"""Facts whose word "unknown" says the same as None. Recipients called unknown are a fact: strangers have the data."""


class UnknownFact(ValueError):
    """A fact, or a value of it, that is not in the vocabulary; carries `field` and `value`."""

    key = "fact.unknown"

    def __init__(self, field: str, value: object) -> None:
        known = f"not a possible value: {value!r}" if field in FACTS + EXEMPTING else "not a known fact"
        super().__init__(f"{field}: {known}")
        self.field, self.value = field, value


class PeopleReversed(ValueError):
    """The least number of people is higher than the most."""

    key = "fact.people_reversed"

    def __init__(self, least: int, most: int) -> None:
        super().__init__(f"people_min {least} is more than people_max {most}")
        self.least, self.most = least, most


def refuse_unknown_facts(facts: Mapping[str, object]) -> None:
    """Check that every fact is in FACTS or EXEMPTING, with a value of its kind (people in whole numbers), or None.

    Raises UnknownFact for the first that is not, PeopleReversed when people_min is above people_max.
    """
    for field, value in facts.items():
        if field not in FACTS + EXEMPTING or not (value is None or _fits(field, value)):
            raise UnknownFact(field, value)
    least, most = facts.get("people_min"), facts.get("people_max")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        raise PeopleReversed(least, most)


def is_known(field: str, value: object) -> bool:
    """Whether this value tells anything. None, an empty list, and the word unknown (SAID_TO_BE_UNKNOWN) do not."""
    if value is None or (field in SAID_TO_BE_UNKNOWN and value == "unknown"):
        return False
    return field not in MANY_OF or bool(value)


def _fits(field: str, value: object) -> bool:
    if field in MANY_OF:
        return isinstance(value, list | tuple | set | frozenset) and all(v in MANY_OF[field] for v in value)
    if field in ONE_OF:
        return value in ONE_OF[field]
    if field in YES_OR_NO + EXEMPTING:
        return isinstance(value, bool)
    if isinstance(value, bool):  # True is an int in Python, and never a number of people
        return False
    if field in COUNTS:
        return isinstance(value, int) and value >= 0
    return isinstance(value, int | float) and 0 <= value < inf
