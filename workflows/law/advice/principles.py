"""How likely a risk is, and how high, from principles: kind of data, protection, identifiability, intent, reach,
effect, reversibility.

Art. 33(1), 34(1), recitals 75, 76, 85, 86; EDPB Guidelines 9/2022 (factors for assessing risk, annex B) and 01/2021.
Of 9/2022 and of most of 01/2021 no reliable text was at hand, so they are followed from memory. They give stories
and factors, no numbers: the tables and limits here are the house's own, set so that
the worked cases come out, and never milder where the guidelines leave it open. Every principle only rises as a
fact gets worse. Standard library only.
"""

from dataclasses import dataclass

from workflows.law.advice.readings import Reading
from workflows.law.vocabulary import DATA_SPECIAL

UNLIKELY, RISK, HIGH = 0, 1, 2
"""Positions in gdpr.RISKS."""

SENSITIVE = frozenset(DATA_SPECIAL) | {  # Art. 9, 10, and what makes fraud or shame possible
    *("criminal", "bsn", "credentials", "creditcard", "financial", "debts", "benefits", "id_copies"),
    *("payroll", "tax"),
}
PERSONAL = frozenset({"birth", "iban", "location", "employment", "insurance", "traffic", "education"})
POINTS_AT_PEOPLE = frozenset(
    {
        *("name", "address", "email", "phone", "bsn", "id_copies", "iban", "creditcard", "credentials"),
        *("biometric", "genetic"),
    }
)
REACHES_PEOPLE = frozenset({"address", "email", "phone"})
TENDER_GROUPS = frozenset({"patients", "minors", "vulnerable"})
DEPENDENT_GROUPS = frozenset({"patients", "vulnerable"})

SOON = 24
"""Hours within which data whose absence nobody noticed is back soon enough. The house's own limit."""
BRIEFLY = 1
"""Hours of delay that are no risk: the power cut of a few minutes in 9/2022, annex B. The house's own limit."""

# Rows: ordinary, personal, sensitive. Columns: nobody, contained, known people, strangers, public or misused.
FEW_PEOPLE = (
    (UNLIKELY, UNLIKELY, UNLIKELY, RISK, RISK),
    (UNLIKELY, RISK, RISK, RISK, HIGH),
    (UNLIKELY, RISK, HIGH, HIGH, HIGH),
)
MANY_PEOPLE = (
    (UNLIKELY, UNLIKELY, RISK, RISK, RISK),
    (UNLIKELY, RISK, RISK, HIGH, HIGH),
    (UNLIKELY, RISK, HIGH, HIGH, HIGH),
)
NOBODY, CONTAINED, KNOWN, STRANGERS, OPEN = range(5)
GRAVITIES = ("ordinary", "personal", "sensitive")
REACH = {"nobody": NOBODY, "one_trusted": CONTAINED, "known": KNOWN, "unknown": STRANGERS, "public": OPEN}


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that weighed: `key` is its text, `facts` those that it depends on; `calms` if it speaks against a risk.

    It cannot be said while one of the first `needs` of its facts is unknown.
    """

    key: str
    facts: tuple[str, ...]
    calms: bool = False
    needs: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """How high the risk is from one side, and what weighed in it."""

    risk: int
    points: tuple[Point, ...]


def findings(reading: Reading) -> tuple[Finding, Finding]:
    """Return the risk because others have the data, and the risk because the data is wrong or not available."""
    return disclosure(reading), standstill(reading)


def disclosure(reading: Reading) -> Finding:
    """Others have, or may have, readable data: 9/2022 on the kind of data, ease of identification, who has it."""
    exposed, hands = readable(reading), in_hands(reading)
    if not exposed:
        return Finding(UNLIKELY, _protected(reading))
    if hands == NOBODY:
        return Finding(UNLIKELY, _nobody_has_it(reading))
    weight = gravity(exposed, reading.groups)
    few, many = (table[weight][hands] for table in (FEW_PEOPLE, MANY_PEOPLE))
    kit = few != many and hands == STRANGERS and opens_identity_fraud(exposed)
    points = [*_kind_of_data(reading, exposed, weight, kit), *_who_has_it(reading)]
    if few != many and not kit:
        points.append(_how_many(reading))
    return Finding(many if kit or reading.many else few, tuple(points))


def readable(reading: Reading) -> frozenset[str]:
    """Art. 34(3)(a): the kinds that no protection covers. Hashing covers passwords; numbers are soon guessed back."""
    if not reading.key_safe or reading.protection == "none":
        return reading.data
    return frozenset() if reading.protection == "encrypted" else reading.data - {"credentials"}


def in_hands(reading: Reading) -> int:
    """Reach, intent and reversibility: whose hands the data are in, NOBODY to OPEN.

    Bad intent makes strangers of known people; a confirmed deletion by known people brings the data back one
    step; what has been misused is as bad as published. Data that nobody has cannot be misused.
    """
    hands = REACH[reading.recipients]
    if hands == NOBODY and reading.taken != "no":
        hands = CONTAINED
    if hands == NOBODY:
        return NOBODY
    if reading.misused:
        return OPEN
    if reading.malicious:
        return max(hands, STRANGERS)
    return hands - 1 if reading.deletion_confirmed and hands <= KNOWN else hands


def gravity(data: frozenset[str], groups: frozenset[str]) -> int:
    """Kind of data and identifiability: 0 ordinary, 1 personal, 2 sensitive; a step up for whom the law protects.

    Personal kinds weigh only beside something that points at people; sensitive kinds always.
    """
    if data & SENSITIVE:
        return 2
    points_at_people = data & PERSONAL and data & POINTS_AT_PEOPLE
    return int(bool(points_at_people)) + int(bool(groups & TENDER_GROUPS))


def opens_identity_fraud(data: frozenset[str]) -> bool:
    """01/2021 case 11: name, date of birth and where to find somebody are enough to pose as them."""
    return {"name", "birth"} <= data and bool(data & REACHES_PEOPLE)


def standstill(reading: Reading) -> Finding:
    """The risk of data that is wrong or not available: 9/2022 annex B on power cuts, ransomware without a copy,
    hospital records."""
    if not reading.natures - {"confidentiality"}:
        return Finding(UNLIKELY, ())
    effects = [_noticed(reading), _restored(reading), _lost(reading)]
    risk = max(effect.risk for effect in effects)
    points = [point for effect in effects for point in effect.points]
    if risk == RISK and depends_on_data(reading):
        return Finding(HIGH, (*points, Point("dependent.yes", ("data", "groups"))))
    return Finding(risk, tuple(points))


def depends_on_data(reading: Reading) -> bool:
    """Whether people are treated or cared for by these data, so that they are harmed sooner when the data is wrong or
    absent."""
    return "health" in reading.data or bool(reading.groups & DEPENDENT_GROUPS)


def _noticed(reading: Reading) -> Finding:
    point = Point(f"effect.{reading.interruption}", ("interruption",), reading.interruption == "none")
    if reading.interruption == "delay" and reading.restored_within <= BRIEFLY:
        return Finding(UNLIKELY, (Point("effect.brief", ("interruption", "restored_within_hours"), True),))
    return Finding({"none": UNLIKELY, "delay": RISK, "harm": HIGH}[reading.interruption], (point,))


def _restored(reading: Reading) -> Finding:
    if reading.restored_within <= SOON:
        return Finding(UNLIKELY, (Point("restored.soon", ("restored_within_hours",), True),))
    return Finding(RISK, (Point("restored.late", ("restored_within_hours",)),))


def _lost(reading: Reading) -> Finding:
    if "availability_permanent" not in reading.natures:
        return Finding(UNLIKELY, ())
    gone = reading.copy == "none" and gravity(reading.data, reading.groups) == 2
    facts = ("nature", "copy", "data", "groups") if gone else ("nature", "copy")
    return Finding(HIGH if gone else RISK, (Point(f"lost.{reading.copy}", facts, needs=2),))


def _protected(reading: Reading) -> tuple[Point, ...]:
    if not reading.data:
        return ()
    holds = Point(f"protection.{reading.protection}", ("protection", "key_safe", "data"), True)
    odd = Point("contradiction.misuse", ("misused", "protection"), needs=0)
    return (holds, odd) if reading.misused else (holds,)


def _nobody_has_it(reading: Reading) -> tuple[Point, ...]:
    if reading.recipients == "nobody" and reading.taken == "no":
        nobody = Point("hands.nobody", ("taken", "recipients"), True)
        odd = Point("contradiction.misuse", ("misused", "recipients"), needs=0)
        return (nobody, odd) if reading.misused else (nobody,)
    facts = ("recipients", "deletion_confirmed", "malicious", "misused")
    return (Point("hands.returned", facts, True),)


def _kind_of_data(reading: Reading, exposed: frozenset[str], weight: int, kit: bool) -> list[Point]:
    alone = gravity(exposed, frozenset())
    how = "none" if reading.protection == "none" else ("part" if reading.key_safe else "fails")
    points = [
        Point("data.identity" if kit else f"data.{GRAVITIES[alone]}", ("data",)),
        Point(f"protection.{how}", ("protection",) if how == "none" else ("protection", "key_safe")),
    ]
    return [*points, Point("groups.tender", ("groups",))] if weight > alone else points


def _who_has_it(reading: Reading) -> list[Point]:
    hands = Point(f"hands.{reading.recipients}", ("recipients",), reading.recipients == "one_trusted")
    if reading.recipients == "nobody":
        hands = Point("hands.may_have_left", ("taken", "recipients"))
    back = reading.deletion_confirmed and not (reading.misused or reading.malicious)
    return [
        hands,
        *([Point("hands.deleted", ("deletion_confirmed",), True)] if back and hands.key == "hands.known" else []),
        Point(f"intent.{'bad' if reading.malicious else 'none'}", ("malicious",), not reading.malicious),
        Point(f"misuse.{'seen' if reading.misused else 'none'}", ("misused",), not reading.misused),
    ]


def _how_many(reading: Reading) -> Point:
    return Point(f"people.{'many' if reading.many else 'few'}", (reading.counted_by,), not reading.many)
