"""Part of the register: the breaches of some states, of a year, by words, page by page as the whole list is.

Where a breach stands is one word (`STAGE`), in an index with its origin and its moment. A page reads that index once
for each stage and origin that is asked for, so it costs the same in a register of a million breaches. The breaches of
one figure of the register have no index of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation, database_now
from tenants.register.breaches import RegisterPage, breaches_among, newest_breaches
from tenants.register.figures import condition_of
from tenants.register.stages import STAGE
from tenants.search.finding import BREACH, Only, Search
from tenants.search.terms import Term

OPEN_STAGES = {"assess": "unassessed", "draft": "assessed", "approve": "drafted", "submit": "approved"}
"""The step that comes next, and the stage before it."""
STATES = {
    "open": tuple(OPEN_STAGES.values()), "submitted": ("in_time", "late"), "not_notified": ("not_notified",),
    "ended": ("ended",), "taken_over": ("taken_over",),
}  # fmt: skip
"""`ended`: not decided, and nothing goes on here; it was taken over elsewhere, or the office's claim was released.
`taken_over`: it comes from an old register."""
STEPS = tuple(OPEN_STAGES)
TERMS = {
    "running": STATES["open"], "late": (*STATES["open"], "late"), "in_time": ("in_time",), "not_begun": STATES["open"],
}  # fmt: skip
"""`late`: the legal end passed, or had passed when it was sent. `not_begun`: nobody is aware yet."""
ORIGINS = ("own", "escalated", "taken_over")
FIRST_YEAR, LAST_YEAR = 2000, 2200
OF_YEAR = """
       and b.created_at >= cast(:year || '-01-01' as timestamp) at time zone 'Europe/Amsterdam'
       and b.created_at < cast(:year + 1 || '-01-01' as timestamp) at time zone 'Europe/Amsterdam'"""
OF_TERM = {
    "running": " and b.due_at > now() and b.submitted_at is null", "in_time": "",
    "not_begun": " and b.due_at is null and b.origin <> 'taken_over'",
    "late": f" and ({STAGE} = 'late' or b.due_at <= now())",
}  # fmt: skip
AFTER = " and (b.created_at, b.id) < (:moment, :breach)"
BY_STAGE = """
    select x.id from unnest(cast(:stages as text[])) s(stage) cross join unnest(cast(:origins as text[])) o(origin)
     cross join lateral (
       select b.id, b.created_at from breach b
        where b.organisation_id = :organisation and {stage} = s.stage and b.origin = o.origin{more}
        order by b.created_at desc, b.id desc limit :most) x
     order by x.created_at desc, x.id desc limit :most"""
# Few terms run at one time, or have not begun: an index has those alone.
BY_TERM = """
    select b.id from breach b
     where b.organisation_id = :organisation and {stage} = any (:stages) and b.origin = any (:origins){more}
     order by b.created_at desc, b.id desc limit :most"""
FOUND = """ join breach b on b.organisation_id = :organisation and b.id = h.subject_id
             and {stage} = any (:stages) and b.origin = any (:origins){more}"""


@dataclass(frozen=True)
class Wanted:
    """Which breaches are wanted; None or "": all. `year`: in which they were recorded, as their reference
    says; of an old register, that of the day that it said. `found_in`: the year of discovery, or "unknown"; `figure`:
    those that a figure of the register counts, such as "notified_yes"."""

    q: str = ""
    state: str | None = None
    year: int | None = None
    origin: str | None = None
    term: str | None = None
    step: str | None = None
    found_in: str | None = None
    figure: str | None = None

    @property
    def stages(self) -> list[str]:
        """Return the stages that state, term and step have in common."""
        of_each = [STATES.get(self.state or ""), TERMS.get(self.term or "")]
        if self.step:
            of_each.append((OPEN_STAGES[self.step],))
        every = {stage for stages in STATES.values() for stage in stages}
        return sorted(every.intersection(*(stages for stages in of_each if stages)))

    @property
    def is_all(self) -> bool:
        """Whether nothing is asked for."""
        return self == Wanted()


@dataclass(frozen=True)
class FilteredPage:
    """A page of the register. `after`: the key of the next page, None on the last one; `is_cut`: older breaches with
    these words were not read yet. `terms`: what the words stand for."""

    page: RegisterPage
    after: tuple[datetime, UUID] | None
    is_cut: bool = False
    terms: Sequence[Term] = ()


def filtered_breaches(wanted: Wanted, most: int, after: tuple[datetime, UUID] | None = None) -> FilteredPage:
    """Return at most `most` of the acting organisation's breaches that are wanted, the newest after `after`.

    Raises Invalid for a search that is too long.
    """
    if wanted.q:
        return _with_words(wanted, most, after)
    if wanted.is_all:
        page = newest_breaches(most + 1, after)
    else:
        page = breaches_among(db.session.scalars(*_statement(wanted, most + 1, after)))
    shown = page.rows[:most]
    return FilteredPage(RegisterPage(shown, page.any_done_alone), _key(shown, len(page.rows) > most))


def _with_words(wanted: Wanted, most: int, after: tuple[datetime, UUID] | None) -> FilteredPage:
    search = Search(wanted.q, (BREACH,))
    more, values = _conditions(wanted)
    only = Only(FOUND.format(stage=STAGE, more=more), values)
    hits = search.page(BREACH, most, after[1] if after else None, None if wanted == Wanted(q=wanted.q) else only)
    page = breaches_among(hits.ids)
    order = {breach_id: place for place, breach_id in enumerate(hits.ids)}
    page.rows.sort(key=lambda row: order[row["id"]])
    moment = page.rows[-1]["created_at"] if page.rows else after[0] if after else database_now()
    return FilteredPage(page, (moment, hits.after) if hits.after else None, hits.is_cut, search.terms)


def _key(rows: list[dict[str, Any]], is_more: bool) -> tuple[datetime, UUID] | None:
    return (rows[-1]["created_at"], rows[-1]["id"]) if is_more else None


def _statement(wanted: Wanted, most: int, after: tuple[datetime, UUID] | None) -> tuple[Any, Mapping[str, Any]]:
    more, values = _conditions(wanted)
    values |= {"most": most, "organisation": acting_organisation()}
    if after:
        more, values = more + AFTER, values | {"moment": after[0], "breach": after[1]}
    statement = BY_TERM if wanted.term in ("running", "not_begun") else BY_STAGE
    return text(statement.format(stage=STAGE, more=more)), values


def _conditions(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    counted, of_counted = condition_of(wanted.found_in, wanted.figure)
    more = (OF_YEAR if wanted.year else "") + OF_TERM.get(wanted.term or "", "") + counted
    values = {**of_counted, "stages": wanted.stages, "origins": [wanted.origin] if wanted.origin else list(ORIGINS)}
    return more, values | ({"year": wanted.year} if wanted.year else {})
