"""The register in figures: how many breaches there are of each kind and year of discovery, in one statement.

A figure is a word of one of the groups here. The expression of its group decides both its count and which breaches the
list of the register finds for it, so the two agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.register.stages import STAGE

UNKNOWN, IN_WORDS = "unknown", "in_words"
"""Nobody wrote it down; and an old register says it in words of its own, which is no kind that we count by."""
NOT_KNOWN = (
    "onbekend", "niet bekend", "nog niet bekend", "nog onbekend", "weet ik niet", "weet niet", "weet ik nog niet",
    "nader te bepalen", "ntb", "n.t.b.", "unknown", "not known", "not yet known", "not known yet", "tbd", "n.b.", "nb",
    "n.n.b.", "nnb", "null", "nil", "leeg", "onb.", "onb",
)  # fmt: skip
"""Words by which an old register says that it does not know."""
IS_OLD = "b.origin = 'taken_over'"
FOUND = f"""(case when {IS_OLD} then coalesce(left(b.taken_over ->> 'discovered_on', 4), 'unknown')
       else coalesce(extract(year from b.found_at at time zone 'Europe/Amsterdam')::integer::text, 'unknown') end)"""
"""The year of discovery, in the Netherlands; an old register says the day."""
NOTIFIED = f"""(case when {IS_OLD} then coalesce(b.taken_over ->> 'reported_to_ap', 'unknown')
       when b.submitted_at is not null then 'yes' when {STAGE} = 'not_notified' then 'no'
       when {STAGE} = 'ended' then 'elsewhere' else 'pending' end)"""
"""Whether the AP was notified. `pending`: not decided yet, or decided and not sent yet; `elsewhere`: the breach went on
in another register."""
TERM = f"""(case when {NOTIFIED} <> 'yes' then null when {IS_OLD} or b.due_at is null then 'unknown'
       when b.submitted_at > b.due_at then 'late' else 'in_time' end)"""
"""Of what was notified: whether that was before the legal end of the term. An old register has days and no awareness,
so of its breaches this is not known."""
OF_BREACH = "select from notice n where n.organisation_id = b.organisation_id and n.breach_id = b.id and n.sent_at is"
IS_CANCELLED = """(select from run r where r.organisation_id = n.organisation_id and r.subject_id = n.id
                      and r.state = 'cancelled')"""
TOLD = f"""(case when {IS_OLD} then coalesce(b.taken_over ->> 'people_told', 'unknown')
       when exists ({OF_BREACH} not null) then 'yes'
       when exists ({OF_BREACH} null and not exists {IS_CANCELLED}) then 'pending'
       when {STAGE} = 'ended' then 'elsewhere' when {NOTIFIED} in ('yes', 'no') then 'no' else 'pending' end)"""
"""Whether people were told by a notice. `pending`: a notice is prepared, or nothing was decided yet."""
IS_ESTIMATE = "(b.people_estimate and num_nonnulls(b.people_min, b.people_max) > 0)"
PEOPLE = f"""(case when b.people_min is null and b.people_max is null then 'unknown'
       when {IS_ESTIMATE} then 'about' when b.people_min = b.people_max then 'exact'
       when b.people_max is null then 'least' when b.people_min is null then 'most' else 'between' end)"""
"""How well the number of people is known. Each breach has one word: an estimate is `about`, also one between two
numbers ("ca. 20-40") or with one end open."""
COUNTED = f"""(case when {IS_OLD} then '["all", "old"]'::jsonb else '["all"]'::jsonb end)"""


def _words_of(fact: str, in_old: str) -> str:
    words, text_of_old = f"b.facts -> '{fact}'", f"lower(btrim(b.taken_over ->> '{in_old}'))"
    not_known = ", ".join(f"'{word}'" for word in ("", *NOT_KNOWN))
    return f"""(case when jsonb_typeof({words}) = 'array' and {words} <> '[]' then {words}
       when {text_of_old} not in ({not_known}) then '["{IN_WORDS}"]'::jsonb else '["{UNKNOWN}"]'::jsonb end)"""


ONE_OF = {"notified": NOTIFIED, "term": TERM, "told": TOLD, "people": PEOPLE}
MANY_OF = {
    "breaches": COUNTED, "nature": _words_of("nature", "nature"), "data": _words_of("data", "kinds_of_data"),
}  # fmt: skip
"""A breach has one word of each of the former groups, or none, and some of each of the latter."""
COLUMNS = ", ".join(f"{of_group} as {group}" for group, of_group in {**ONE_OF, **MANY_OF}.items())
WORDS = " union all ".join(
    [f"select '{group}', x.{group}" for group in ONE_OF]
    + [f"select distinct '{group}', jsonb_array_elements_text(x.{group})" for group in MANY_OF]
)
COUNT = text(f"""
    select x.found_in, g.kind, g.word, count(*) as breaches, count(*) filter (where x.is_old) as old,
           sum(x.people_min) as people_min,
           case when count(x.people_max) = count(*) then sum(x.people_max) end as people_max,
           bool_or(x.is_estimate) as people_estimate
      from (select {FOUND} as found_in, {IS_OLD} as is_old, b.people_min, b.people_max,
                   {IS_ESTIMATE} as is_estimate, {COLUMNS}
              from breach b where b.organisation_id = :organisation) x
     cross join lateral ({WORDS}) g(kind, word)
     where g.word is not null group by x.found_in, g.kind, g.word""")


@dataclass(frozen=True)
class Counted:
    """How many breaches of one year of discovery ("2024" or "unknown") have a word of a group, and how many of them
    come from an old register. `people_min`: the least numbers of people added up, None when there are none;
    `people_max`: the largest, None when one of them is not known; `people_estimate`: whether one of them
    is an estimate."""

    found_in: str
    kind: str
    word: str
    breaches: int
    old: int
    people_min: int | None
    people_max: int | None
    people_estimate: bool


def counted_breaches() -> list[Counted]:
    """Return the figures of the acting organisation's register; what there is none of is left out."""
    return [Counted(**row) for row in db.session.execute(COUNT, {"organisation": acting_organisation()}).mappings()]


def condition_of(found_in: str | None, figure: str | None) -> tuple[str, Mapping[str, Any]]:
    """Return the condition that a breach `b` is of this year of discovery and of this figure, such as "notified_yes",
    to put behind others, and its values. None: all."""
    group, _, word = (figure or "").partition("_")
    of_year = f" and {FOUND} = :found_in" if found_in else ""
    of_figure = f" and {ONE_OF[group]} = :word" if group in ONE_OF else ""
    if group in MANY_OF:
        of_figure = f" and {MANY_OF[group]} ? :word"
    return of_year + of_figure, ({"found_in": found_in} if found_in else {}) | ({"word": word} if figure else {})
