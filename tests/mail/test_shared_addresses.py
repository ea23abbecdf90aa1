"""Who stands on a list once, and whom one mail greets."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sandbox.rules import MOST_BYTES
from workflows.mail.batches import LONGEST_NAME, Addressee
from workflows.mail.shared_addresses import by_address, each_once, fitting, greeted, newcomers
from workflows.mail.texts import render, text, with_name
from workflows.mail.unmailed import Unmailed

HOME = "ouders@waterlelie.example"


def at(address: str, *names: str) -> list[Addressee]:
    return [Addressee(name, address) for name in names]


@pytest.mark.parametrize(
    ("people", "kept"),
    [
        ([*at(HOME, "Jet", "Tom"), *at(HOME.upper(), "jet", "Nel")], ["Jet", "Tom", "Nel"]),
        ([*at(HOME, "Jet"), *at("jet@example.nl", "Jet")], ["Jet", "Jet"]),
        ([*at(HOME, "", "Jet", "")], ["Jet"]),
        ([*at(HOME, "", "")], [""]),
        ([Unmailed("Truus Baas"), Unmailed("Truus Baas"), *at(HOME, "Truus Baas")], ["Truus Baas"] * 3),
    ],
)
def test_each_person_is_on_a_list_once(people: list[Addressee | Unmailed], kept: list[str]) -> None:
    assert [person.name for person in each_once(people)] == kept


def test_people_at_one_address_stand_together_in_the_order_of_the_list() -> None:
    people = [*at("a@x.nl", "An"), *at("b@x.nl", "Bo"), *at("A@x.nl", "Al"), *at("c@x.nl", "Ce"), *at("B@x.NL", "Bea")]
    assert [[person.name for person in group] for group in by_address(people)] == [["An", "Al"], ["Bo", "Bea"], ["Ce"]]
    assert [person.name for person in newcomers(at(HOME, "Jet", "", "Tom"), ["JET"])] == ["Tom"]


@pytest.mark.parametrize(
    ("names", "nl", "en"),
    [
        ([], "", ""),
        (["Jet"], "Jet", "Jet"),
        (["", "Jet", " "], "Jet", "Jet"),
        (["Jet", "Tom"], "Jet en Tom", "Jet and Tom"),
        (["Jet de Boer", "Tom de Boer", "Nel de Boer"], "Jet de Boer, Tom de Boer en Nel de Boer",
         "Jet de Boer, Tom de Boer and Nel de Boer"),
        (["Boer, J. de", "Tom", "Nel"], "Boer, J. de; Tom en Nel", "Boer, J. de; Tom and Nel"),
        (["דוד", "Tom"], "\u2068דוד\u2069 en Tom", "\u2068דוד\u2069 and Tom"),
    ],
)  # fmt: skip
def test_one_mail_greets_each_by_name(names: list[str], nl: str, en: str) -> None:
    assert (greeted(names, "nl"), greeted(names, "en")) == (nl, en)


NAME = st.one_of(
    st.text(min_size=1, max_size=LONGEST_NAME),
    st.sampled_from(['"' * 200, "a.nl " * 40, "&<>'\"" * 40, "😀" * 200, "דוד " * 50, "x" * 200, "Jo"]),
)


@given(names=st.lists(NAME, min_size=1, max_size=300), locale=st.sampled_from(["nl", "en"]))
def test_whom_a_mail_has_room_for_sendgrid_takes_and_one_person_always_fits(names: list[str], locale: str) -> None:
    there = [person.name for person in each_once(at(HOME, *names)) if person.name] or ["Jo"]
    beside, rest = there[:1], there[1:]
    count = fitting(rest, beside)
    what = text("notice", locale)
    letter = render(what, dict.fromkeys(what.placeholders, "x"), {"name"}, locale)
    values = letter.substitutions(with_name(greeted([*beside, *rest[:count]], locale), {}, locale))
    assert len(orjson.dumps(values)) <= MOST_BYTES
    assert fitting(beside) == 1


def test_a_mailbox_of_an_institution_has_room_for_each_of_its_people() -> None:
    people = [f"Bewoner {n} van der Velden" for n in range(1, 201)]
    assert fitting(people[:100]) == 100 and 100 < fitting(people) < 200
