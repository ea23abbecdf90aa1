"""The questions of ENISA 2013 as a form, and the score that follows. Nobody fills in the number itself."""

from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from werkzeug.datastructures import MultiDict

from service.words.texts import locale, t
from tenants.register.breaches import Breach
from workflows.law.severity_questions import (
    CIRCUMSTANCES,
    IDENTIFIED_BY,
    KINDS,
    LOST,
    UnknownAnswer,
    estimate,
    options_of,
)

PREFIX = "severity_answers."
MEANS = f"{PREFIX}means"


@dataclass(frozen=True)
class Scored:
    """The lowest and highest score in quarters that are still possible, their bands, and the flags beside them.

    `unanswered`: how many questions leave the score open.
    """

    least: int
    most: int
    band_least: str
    band_most: str
    flags: tuple[str, ...]
    unanswered: int

    @property
    def is_known(self) -> bool:
        """Return whether every score that is still possible has the same band."""
        return self.band_least == self.band_most

    def __str__(self) -> str:
        if not self.is_known:
            return t("assess.score.open", count=self.unanswered)
        least, most = (format_decimal(quarters / 4, locale=locale()) for quarters in (self.least, self.most))
        band = t(f"severity.band.{self.band_most}")
        if self.least == self.most:
            return t("assess.score.sure", score=most, band=band)
        return t("assess.score.in_band", low=least, high=most, band=band)


def severity_of(breach: Breach) -> Scored:
    """Return the score that is stored with a breach. Without answers every score is possible."""
    kept = breach.enisa
    if not kept:
        return scored({}, {})
    unanswered = scored(breach.severity_answers or {}, breach.facts or {}).unanswered
    return Scored(kept["least"], kept["most"], kept["band_least"], kept["band_most"], tuple(kept["flags"]), unanswered)


def scored(answers: dict[str, Any], facts: dict[str, Any]) -> Scored:
    """Return the score that these answers leave open, with the flags that follow from the facts."""
    protected = facts.get("protection") in ("encrypted", "hashed") and facts.get("key_safe") is True
    try:
        score = estimate(answers, facts.get("people_max"), protected)
    except UnknownAnswer:
        score = estimate({}, facts.get("people_max"), protected)
    unanswered = sum(led.answer is None for led in score.led_by)
    return Scored(
        score.least.quarters, score.most.quarters, score.least.band, score.most.band, score.most.flags, unanswered
    )  # fmt: skip


def typed_severity(typed: MultiDict[str, str]) -> dict[str, Any]:
    """Return the answers as they were typed. A missing one is not known or not asked; intent is one of the facts."""
    kinds = [kind for kind in typed.getlist(f"{PREFIX}kinds") if kind in KINDS]
    asked = [f"circumstance.{kind}" for kind in kinds if kind in CIRCUMSTANCES]
    asked += ["credentials_open"] if "credentials" in kinds else []
    answers = {name: typed[PREFIX + name] for name in (*asked, *LOST) if typed.get(PREFIX + name)}
    means = {f"identified_by.{way}": typed.get(f"{PREFIX}identified_by.{way}") or None for way in typed.getlist(MEANS)}
    malicious = {"true": True, "false": False}.get(typed.get("facts.malicious", ""))
    return {
        **({"kinds": kinds} if kinds else {}), **answers, **means,
        **({} if malicious is None else {"malicious": malicious}),
    }  # fmt: skip


def severity_known(answers: dict[str, Any]) -> dict[str, Any]:
    """Return the answers that were given before, for the form to begin with."""
    means = [name.partition(".")[2] for name in answers if name.startswith("identified_by.")]
    return {MEANS: means} | {PREFIX + name: value for name, value in answers.items() if name != "malicious"}


def severity_questions() -> list[dict[str, Any]]:
    """Return every question that depends on an earlier answer: its name, its choices, and that answer."""
    kinds = [(f"circumstance.{kind}", f"{PREFIX}kinds", kind) for kind in CIRCUMSTANCES]
    kinds.append(("credentials_open", f"{PREFIX}kinds", "credentials"))
    means = [(f"identified_by.{way}", MEANS, way) for way in IDENTIFIED_BY]
    return [
        {"name": name, "options": options_of(name), "hangs_on": on, "value": value}
        for name, on, value in (*kinds, *means)
    ]  # fmt: skip
