"""The register in figures: its rows, by year of discovery and together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tenants.register.figures import IN_WORDS, UNKNOWN, Counted, counted_breaches
from workflows.law.vocabulary import DATA, NATURES

ANSWERS = ("yes", "no", "pending", "unclear", UNKNOWN, "not_applicable", "elsewhere")
WORDS: Mapping[str, tuple[str, ...]] = {
    "breaches": ("all", "old"), "notified": ANSWERS, "term": ("in_time", "late", UNKNOWN), "told": ANSWERS,
    "people": ("exact", "about", "between", "least", "most", UNKNOWN), "nature": (*NATURES, IN_WORDS, UNKNOWN),
    "data": (*DATA, IN_WORDS, UNKNOWN),
}  # fmt: skip
"""The words of each group, in the order in which they are shown."""
ALWAYS = {
    "breaches": ("all",), "notified": ("yes", "no"), "term": ("in_time", "late"), "told": ("yes", "no"),
}  # fmt: skip
"""What is shown too when there is none of it."""
FIGURES = tuple(f"{group}_{word}" for group, words in WORDS.items() for word in words)
"""Each figure as the filter of the register names it."""
SUM = "sum"
"""The group of the two rows with the numbers of people added up: "least" and "most"."""
TOGETHER = "all"
"""The column of all years."""


@dataclass(frozen=True)
class Figure:
    """One row. `counts`: how many breaches by year of discovery ("2024" or "unknown"), and under "all" together;
    `old`: how many of those come from an old register.

    In the group "sum" they are people; None: nothing is known there, or of "most": it is not known of every breach.
    `estimates`: the years, and "all", whose sum holds an estimate.
    """

    group: str
    word: str
    counts: Mapping[str, int | None]
    old: Mapping[str, int]
    estimates: frozenset[str] = frozenset()

    @property
    def filter(self) -> str | None:
        """Return the name of the figure as a filter of the register; None for people added up."""
        return None if self.group == SUM else f"{self.group}_{self.word}"


@dataclass(frozen=True)
class RegisterFigures:
    """The rows, and the years of discovery that there are: the newest first, "unknown" last."""

    years: tuple[str, ...]
    rows: tuple[Figure, ...]


def register_figures() -> RegisterFigures:
    """Return the acting organisation's register in figures; what there is none of is mostly left out."""
    counted = {(of.kind, of.word, of.found_in): of for of in counted_breaches()}
    known = {year for *_, year in counted}
    years = (*sorted(known - {UNKNOWN}, reverse=True), *sorted(known & {UNKNOWN}))
    rows = [_row(counted, group, word, years) for group, words in WORDS.items() for word in words]
    shown = [row for row in rows if row.counts[TOGETHER] or row.word in ALWAYS.get(row.group, ())]
    people = [counted[("breaches", "all", year)] for year in years]
    sums = (_sum("least", years, people), _sum("most", years, people))
    return RegisterFigures(years, (*shown, *sums))


def _row(counted: Mapping[tuple[str, str, str], Counted], group: str, word: str, years: Iterable[str]) -> Figure:
    of_years = {year: counted.get((group, word, year)) for year in years}
    counts = {year: of.breaches if of else 0 for year, of in of_years.items()}
    old = {year: of.old if of else 0 for year, of in of_years.items()}
    return Figure(group, word, {TOGETHER: sum(counts.values()), **counts}, {TOGETHER: sum(old.values()), **old})


def _sum(word: str, years: Sequence[str], people: Sequence[Counted]) -> Figure:
    """Add up the least or the largest numbers; of the largest there is no sum when one year has none."""
    counts = {year: of.people_min if word == "least" else of.people_max for year, of in zip(years, people, strict=True)}
    known = [count for count in counts.values() if count is not None]
    is_known = known and (word == "least" or len(known) == len(counts))
    estimates = {year for year, of in zip(years, people, strict=True) if of.people_estimate}
    estimates |= {TOGETHER} if estimates else set()
    return Figure(SUM, word, {TOGETHER: sum(known) if is_known else None, **counts}, {}, frozenset(estimates))
