"""Severity of a breach by ENISA 2013, SE = DPC x EI + CB, in whole quarters.

ENISA, Recommendations for a methodology of the assessment of severity of personal data breaches, working document
v1.0, December 2013 (its full text was not at hand; values from public summaries that agree). It supports a
decision and never takes it: Art. 33 and 34 do. The AP's and the EDPB's scales are others and are never converted.
Standard library only; no floats: DPC counts in ones, everything else in quarters of a point.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

QUARTER = Fraction(1, 4)
DECIMAL = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")

CONTEXT = (1, 2, 3, 4)
"""DPC, data processing context, in whole points."""
IDENTIFICATION = (1, 2, 3, 4)
"""EI, ease of identification, in quarters: negligible, limited, significant, maximum."""
CIRCUMSTANCE = (0, 1, 2)
"""CB, circumstances of the breach, in quarters, for each of confidentiality, integrity, availability."""
INTENT = 2
"""CB for malicious intent, in quarters."""

BANDS = (("low", 0), ("medium", 8), ("high", 12), ("very_high", 16))
"""Each band and the quarters it begins at; a boundary belongs to the higher band."""

MANY = 100
"""More people than this: the flag "many". Strictly more. The guidelines on notification name no number."""


class ScoreOutOfRange(ValueError):
    """A part of the score that ENISA does not know; carries `part`, `value` and `allowed`, as the person wrote them."""

    key = "severity.out_of_range"

    def __init__(self, part: str, value: object, allowed: Collection[object]) -> None:
        super().__init__(f"{part} is {' or '.join(str(possible) for possible in allowed)}, not {value}")
        self.part, self.value, self.allowed = part, value, tuple(allowed)


@dataclass(frozen=True, slots=True)
class Severity:
    """A score in quarters (1 to 24, so 0.25 to 6), its band, and the flags beside it, which never change it."""

    quarters: int
    band: str
    flags: tuple[str, ...]

    @property
    def score(self) -> Fraction:
        """The score in points, exactly."""
        return self.quarters * QUARTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the score is made of: `dpc` in points, the rest in quarters.

    Raises ScoreOutOfRange.
    """

    dpc: int
    ei: int
    confidentiality: int
    integrity: int
    availability: int
    malicious: bool = False

    def __post_init__(self) -> None:
        _within("dpc", self.dpc, CONTEXT)
        _within("ei", self.ei, IDENTIFICATION)
        for part in ("confidentiality", "integrity", "availability"):
            _within(part, getattr(self, part), CIRCUMSTANCE)

    @property
    def quarters(self) -> int:
        """SE4 = DPC x EI4 + CB4."""
        circumstances = self.confidentiality + self.integrity + self.availability
        return self.dpc * self.ei + circumstances + (INTENT if self.malicious else 0)


def severity(parts: Parts, people: int | None = None, unintelligible: bool | None = None) -> Severity:
    """ENISA 2013: score, band and flags. `people` affected in whole numbers; None: not known, and no flag then.

    Raises ScoreOutOfRange for fewer than no people.
    """
    if people is not None and people < 0:
        raise ScoreOutOfRange("people", people, ("0 and more",))
    flags = {"many": people is not None and people > MANY, "unintelligible": unintelligible is True}
    return Severity(parts.quarters, band_of(parts.quarters), tuple(flag for flag, up in flags.items() if up))


def band_of(quarters: int) -> str:
    """Return the band of a score in quarters."""
    return [band for band, begins in BANDS if quarters >= begins][-1]


def read_quarters(part: str, text: str, allowed: tuple[int, ...]) -> int:
    """Return what a person wrote as a decimal ("0.75", also "0,75"), in quarters. Raises ScoreOutOfRange."""
    written = text.strip().replace(",", ".")
    quarters = Fraction(written) / QUARTER if DECIMAL.fullmatch(written) else None
    if quarters not in allowed:
        raise ScoreOutOfRange(part, text, [str(Decimal(part_value) / 4) for part_value in allowed])
    return int(quarters)


def _within(part: str, value: int, allowed: tuple[int, ...]) -> None:
    if isinstance(value, bool) or value not in allowed:
        raise ScoreOutOfRange(part, value, allowed)
