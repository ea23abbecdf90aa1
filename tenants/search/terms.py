"""What somebody typed, as terms: each stands for the words of the organisation that begin with it, or are like it."""

import re
from dataclasses import dataclass

from sqlalchemy import text

from tenants.database import db
from tenants.errors import Invalid
from tenants.isolation import acting_organisation
from tenants.search.typos import allowed_errors, errors_between
from tenants.search.words import words_of

LONGEST_SEARCH, MOST_TERMS = 200, 6
"""In signs and in words. More is refused, because nobody could see what was left out."""
MOST_WORDS = 64
"""The most words that one term stands for; the search says when there are more."""
MOST_ALIKE, MOST_CANDIDATES = 12, 500
"""The most words that a typing error stands for, and that are compared with it from each side."""
BEGINS_FROM = 3
"""A term of so many letters stands for what begins with it; a shorter one for itself."""
SIGNS = re.compile("[^A-Za-z0-9]")
DIGITS = frozenset("0123456789")
LAST_SIGN = "\U0010ffff"

# Jumps from word to word in the index, so that a word of a million breaches costs as much as one of a single breach.
BEGINNING = text("""
    with recursive found(term, until, word, nth) as (
      select t.term, t.until, (select w.word from search_word w where w.organisation_id = :organisation
                                  and w.word >= t.term and w.word <= t.until order by w.word limit 1), 1
        from unnest(cast(:terms as text[]), cast(:untils as text[])) t(term, until)
      union all
      select f.term, f.until, (select w.word from search_word w where w.organisation_id = :organisation
                                  and w.word > f.word and w.word <= f.until order by w.word limit 1), f.nth + 1
        from found f where f.word is not null and f.nth <= :most)
    select term, word from found where word is not null""")
# Where one error is, the other half of the word is whole; of two errors, the first third or the last mostly is.
ALIKE = text("""
    (select v.word from search_vocabulary v where v.organisation_id = :organisation and v.word >= :first
        and v.word <= :first_until and length(v.word) between :least and :longest limit :most)
    union
    (select v.word from search_vocabulary v where v.organisation_id = :organisation and v.backwards >= :last
        and v.backwards <= :last_until and length(v.word) between :least and :longest limit :most)
    union
    select v.word from search_vocabulary v where v.organisation_id = :organisation and v.word = any(:swapped)""")


@dataclass(frozen=True)
class Term:
    """One word as it was typed, and the words that it stands for: none, when nothing here is like it."""

    typed: str
    words: tuple[str, ...]
    is_alike: bool = False
    """Whether typing errors were forgiven, so that the words differ from what was typed."""
    has_more: bool = False
    """Whether more words begin so than are searched."""

    def is_in(self, words: list[str]) -> bool:
        """Return whether these words of one subject hold this term; also words that are not kept yet."""
        begins = len(self.typed) >= BEGINS_FROM and not _is_number(self.typed)
        return any(w == self.typed or w in self.words or (begins and w.startswith(self.typed)) for w in words)


def terms_of(typed: str) -> list[Term]:
    """Return the terms of a search in the acting organisation. Raises Invalid when it is longer than LONGEST_SEARCH or
    has more than MOST_TERMS words."""
    if len(typed) > LONGEST_SEARCH:
        raise Invalid("search.too_long", "q", most=LONGEST_SEARCH)
    words, whole = words_of(typed), words_of(SIGNS.sub("", typed))
    if len(words) > MOST_TERMS:
        raise Invalid("search.too_many_terms", "q")
    known = _beginning_with([*words, *(number for number in whole if _is_number(number) and number not in words)])
    has_all_parts = all(word in known.get(word, ()) for word in words)
    if whole and not has_all_parts and whole[0] in known.get(whole[0], ()):
        return [Term(whole[0], (whole[0],))]
    return [_term(word, known.get(word, [])) for word in words]


def _term(typed: str, beginning: list[str]) -> Term:
    if _is_number(typed) and typed in beginning:
        return Term(typed, (typed,))
    if beginning:
        return Term(typed, tuple(beginning[:MOST_WORDS]), has_more=len(beginning) > MOST_WORDS)
    alike = _alike(typed) if allowed_errors(typed) and not _is_number(typed) else ()
    return Term(typed, alike, is_alike=bool(alike))


def _is_number(word: str) -> bool:
    return not DIGITS.isdisjoint(word)


def _beginning_with(terms: list[str]) -> dict[str, list[str]]:
    """Return for each term the words of the organisation that begin with it, in their order, one more than count."""
    if not terms:
        return {}
    untils = [term + LAST_SIGN if len(term) >= BEGINS_FROM else term for term in terms]
    asked = {"organisation": acting_organisation(), "terms": terms, "untils": untils, "most": MOST_WORDS}
    words: dict[str, list[str]] = {}
    for term, word in db.session.execute(BEGINNING, asked):
        words.setdefault(term, []).append(word)
    return {term: sorted(those) for term, those in words.items()}


def _alike(typed: str) -> tuple[str, ...]:
    """Return the words of the organisation with the fewest errors between them and what was typed."""
    most = allowed_errors(typed)
    part = max(most + 1, len(typed) // (most + 1))
    first, last = typed[:part], typed[::-1][:part]
    swapped = [typed[:place] + typed[place + 1] + typed[place] + typed[place + 2 :] for place in range(len(typed) - 1)]
    asked = {
        "organisation": acting_organisation(), "first": first, "first_until": first + LAST_SIGN, "last": last,
        "last_until": last + LAST_SIGN, "least": len(typed) - most, "longest": len(typed) + most,
        "most": MOST_CANDIDATES, "swapped": swapped,
    }  # fmt: skip
    letters = set(typed)
    near = (word for word in db.session.scalars(ALIKE, asked) if len(letters ^ set(word)) <= 2 * most)
    errors = {word: errors_between(typed, word, most) for word in near}
    fewest = min(errors.values(), default=most + 1)
    if fewest > most:
        return ()
    return tuple(sorted(word for word, count in errors.items() if count == fewest)[:MOST_ALIKE])
