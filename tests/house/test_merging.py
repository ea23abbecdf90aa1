"""Whose answer stands when two people fill in one form: the rule alone, without a page or a database."""

import pytest
from werkzeug.datastructures import MultiDict

from service.typed.merging import Answer, answer_in, compare, digest, joined, read, written

OLD, NEW, OTHER = (("q", "oud"),), (("q", "nieuw"),), (("q", "anders"),)
EMPTY: Answer = ()


@pytest.mark.parametrize(("began", "now", "typed", "outcome"), [
    (OLD, OLD, OLD, ""), (OLD, OLD, NEW, "mine"), (OLD, NEW, OLD, "theirs"), (OLD, NEW, OTHER, "both"),
    (OLD, NEW, NEW, ""), (EMPTY, NEW, OTHER, "both"), (EMPTY, NEW, EMPTY, "theirs"), (OLD, EMPTY, NEW, "both"),
    (OLD, EMPTY, OLD, "theirs"), (OLD, OLD, EMPTY, "mine"), (OLD, NEW, EMPTY, "both"),
])  # fmt: skip
def test_who_changed_an_answer_decides_what_stands(began: Answer, now: Answer, typed: Answer, outcome: str) -> None:
    compared = compare({"q": digest(began)}, {"q": now}, {"q": typed})
    sides = {"mine": compared.mine, "theirs": compared.theirs, "both": compared.both}
    assert {name for name, side in sides.items() if side} == ({outcome} if outcome else set())


def test_an_answer_whose_beginning_nobody_knows_is_never_overwritten_unseen() -> None:
    assert compare({}, {"q": OLD}, {"q": NEW}).both == {"q"}


def test_questions_do_not_touch_each_other() -> None:
    began = {"a": digest(OLD), "b": digest(OLD), "c": digest(OLD)}
    compared = compare(began, {"a": NEW, "b": OLD, "c": NEW}, {"a": OLD, "b": NEW, "c": OTHER})
    assert (compared.theirs, compared.mine, compared.both) == ({"a"}, {"b"}, {"c"})


def test_blanks_at_the_ends_and_line_breaks_are_no_change() -> None:
    typed, stored = MultiDict({"q": " een\r\ntwee "}), MultiDict({"q": "een\ntwee"})
    assert answer_in(typed, ["q"]) == answer_in(stored, ["q"]) and answer_in(MultiDict({"q": " "}), ["q"]) == ()


def test_the_order_of_choices_is_no_change() -> None:
    one, other = (MultiDict(("q", value) for value in order) for order in ("ba", "ab"))
    assert answer_in(one, ["q"]) == answer_in(other, ["q"])


def test_what_a_page_began_with_goes_through_one_field() -> None:
    began = {"a": digest(OLD), "b_c.d": digest(NEW)}
    assert read(written(began)) == began and read("") == {} and read("rommel") == {}


def test_both_together_keep_every_word_and_every_choice_once() -> None:
    assert joined(["Hun tekst"], ["Mijn tekst"], is_text=True) == ["Hun tekst\n\nMijn tekst"]
    assert joined(["name", "bsn"], ["bsn", "iban"], is_text=False) == ["name", "bsn", "iban"]
    assert joined([], ["Mijn tekst"], is_text=True) == ["Mijn tekst"]
