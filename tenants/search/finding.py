"""The subjects of one kind that hold all terms of a search, newest first, a page after its key.

The term with the fewest subjects leads. Where even that one has more than READ, as many are read as that and the answer
says up to where: a search never reads a million rows, and never says "nothing" about what it did not read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.search.terms import terms_of

BREACH, INCIDENT, NOTICE, CLIENT = KINDS = ("breach", "incident", "notice", "client")
READ = 2000
"""The most subjects of the leading term that one search reads."""
MOST_PENDING = 200
"""The most rows of an organisation, the newest, that a search reads while their words are not kept yet."""
COUNTS = text("""
    select k.kind, t.term, coalesce(sum(c.subjects), 0)::int, coalesce(bool_or(c.subjects >= t.most), false)
      from unnest(cast(:kinds as text[])) k(kind)
     cross join unnest(cast(:terms as int[]), cast(:words as text[]), cast(:mosts as int[])) t(term, word, most)
     cross join lateral (select count(*) as subjects from (
             select from search_word w where w.organisation_id = :organisation and w.word = t.word and w.kind = k.kind
              limit t.most) few) c
     group by k.kind, t.term""")
PENDING = text("""
    select w.kind, w.subject_id, w.words from words_of_subjects(array(
             select row(p.organisation_id, p.kind, p.subject_id, null)::search_subject from search_pending p
              where p.organisation_id = :organisation order by p.id desc limit :most)) w""")
PAGE = """
    with candidate as (
      select w.subject_id, w.nth from unnest(cast(:leading as text[])) l(word) cross join lateral (
        select s.subject_id, row_number() over (order by s.subject_id desc) as nth from search_word s
         where s.organisation_id = :organisation and s.word = l.word and s.kind = :kind
           and s.subject_id < :after order by s.subject_id desc limit :each) w),
    horizon as (select subject_id from candidate where nth = :each order by subject_id desc limit 1),
    hit as (
      select c.subject_id from candidate c{others} where c.subject_id <> all (cast(:pending as uuid[]))
      union select f.id from unnest(cast(:fresh as uuid[])) f(id) where f.id < :after)
    select array(select h.subject_id from hit h{only}
                  where h.subject_id >= coalesce((select subject_id from horizon), :least)
                  order by h.subject_id desc limit :most), (select subject_id from horizon)"""
OTHERS = """ join search_subject o on o.organisation_id = :organisation and o.kind = :kind
                   and o.subject_id = c.subject_id"""
LEAST, GREATEST = UUID(int=0), UUID(int=2**128 - 1)


@dataclass(frozen=True)
class Page:
    """The ids of one page, newest first; `after`: what the next page comes after, None on the last one; `is_cut`: the
    page ended because older subjects were not read yet, and not because it is full."""

    ids: tuple[UUID, ...]
    after: UUID | None
    is_cut: bool = False


@dataclass(frozen=True)
class Only:
    """A condition on what is found besides its words: a join to `h.subject_id`, and its values."""

    join: str
    values: Mapping[str, Any]


class Search:
    """A search in the acting organisation: its terms, what waits for its words, and how often each term occurs."""

    def __init__(self, typed: str, kinds: Sequence[str] = KINDS, read: int = READ) -> None:
        """Find what each term stands for. `read`: the most subjects of the leading term that a page reads. Raises
        Invalid for a search that is too long."""
        self.terms = terms_of(typed)
        self.kinds, self.read = kinds, read
        self.pending = _pending() if self.terms else {}
        self._counts = self._counted() if len(self.terms) > 1 else {}

    @property
    def unknown(self) -> list[str]:
        """What was typed that no word here is like, as far as was read."""
        fresh = [words for rows in self.pending.values() for words in rows.values()]
        return [t.typed for t in self.terms if not t.words and not any(t.is_in(words) for words in fresh)]

    @property
    def more_is_pending(self) -> bool:
        """Whether so much was written just now that older rows of it are not found yet."""
        return sum(len(rows) for rows in self.pending.values()) >= MOST_PENDING

    def page(self, kind: str, most: int, after: UUID | None = None, only: Only | None = None) -> Page:
        """Return at most `most` subjects of this kind, the newest that come after `after`."""
        if not self.terms:
            return Page((), None)
        leading = min(self.terms, key=lambda term: self._counts.get((kind, self.terms.index(term)), (False, 0)))
        others = [term for term in self.terms if term is not leading]
        narrowed = bool(others or only)
        each = max(most + 1, self.read // max(1, len(leading.words)) if narrowed else 0)
        pending = self.pending.get(kind, {})
        values: dict[str, Any] = {
            "organisation": acting_organisation(), "kind": kind, "leading": list(leading.words), "each": each,
            "most": most + 1, "after": after or GREATEST, "least": LEAST, "pending": list(pending),
            "fresh": [id for id, words in pending.items() if all(term.is_in(words) for term in self.terms)],
        }  # fmt: skip
        values |= {f"words_{place}": list(term.words) for place, term in enumerate(others)}
        holding = "".join(f" and o.words && cast(:words_{place} as text[])" for place in range(len(others)))
        statement = PAGE.format(others=OTHERS + holding if others else "", only=f" {only.join}" if only else "")
        ids, horizon = db.session.execute(text(statement), values | dict(only.values if only else {})).one()
        if len(ids) > most:
            return Page(tuple(ids[:most]), ids[most - 1])
        return Page(tuple(ids), horizon, is_cut=horizon is not None)

    def _counted(self) -> dict[tuple[str, int], tuple[bool, int]]:
        """Return how many subjects of each kind each term has, and whether there are more than were counted."""
        rows = [(place, word, self.read // len(term.words) + 1) for place, term in enumerate(self.terms)
                for word in term.words]  # fmt: skip
        places, words, mosts = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
        asked = {"organisation": acting_organisation(), "kinds": list(self.kinds), "terms": places, "words": words,
                 "mosts": mosts}  # fmt: skip
        return {(kind, place): (more, subjects) for kind, place, subjects, more in db.session.execute(COUNTS, asked)}


def _pending() -> dict[str, dict[UUID, list[str]]]:
    """Return what waits for its words: by kind and id, the words that it has now."""
    waiting: dict[str, dict[UUID, list[str]]] = {}
    asked = {"organisation": acting_organisation(), "most": MOST_PENDING}
    for kind, subject_id, words in db.session.execute(PENDING, asked):
        waiting.setdefault(kind, {})[subject_id] = words or []
    return waiting
