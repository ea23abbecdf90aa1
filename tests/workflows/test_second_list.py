"""Who is on two lists, who comes and who goes: everybody is counted, also two people of one name."""

from hypothesis import given
from hypothesis import strategies as st

from workflows.mail.shared_addresses import each_once
from workflows.notice.second_list import Person, added, compared, taken_away

PEOPLE = st.lists(
    st.builds(
        Person, st.sampled_from(["", "Jan", "jan", "Marie", "Ans"]), st.sampled_from(["", "g@a.nl", "G@a.nl", "b@a.nl"])
    ).filter(any), max_size=8,
)  # fmt: skip
JAN, ANS = Person("Jan", ""), Person("Ans", "ans@example.nl")


def test_of_two_people_with_one_name_and_no_address_one_goes() -> None:
    assert list(taken_away([JAN, JAN, ANS], [JAN])) == [JAN, ANS]
    assert compared([JAN, JAN, ANS], [JAN]).both == 1


def test_the_same_list_twice_adds_nobody() -> None:
    assert list(added([JAN, JAN, ANS], [JAN, JAN, ANS])) == [JAN, JAN, ANS]
    assert list(added([JAN], [JAN, JAN])) == [JAN, JAN]


def test_an_address_without_a_name_stands_for_everybody_there() -> None:
    family = [Person("Jet", "de.boer@example.nl"), Person("Tom", "De.Boer@example.nl"), ANS]
    assert list(taken_away(family, [Person("", "de.boer@example.nl")])) == [ANS]
    assert compared(family, [Person("", "DE.BOER@example.nl")]).both == 2


def test_capitals_make_no_other_person() -> None:
    assert list(taken_away([ANS], [Person("ANS", "Ans@Example.nl")])) == []


@given(PEOPLE.map(each_once).map(list), PEOPLE)
def test_what_is_counted_before_is_what_comes_of_it(listed: list[Person], other: list[Person]) -> None:
    counted = compared(listed, other)
    instead, stay = list(each_once(other)), list(taken_away(listed, other))
    assert (counted.listed, counted.in_file) == (len(listed), len(instead))
    assert counted.together == len(list(each_once(list(added(listed, other)))))
    assert len(listed) - counted.both == len(stay)
    there = {person.address.casefold() for person in other if person.address}
    names = [(person.name.casefold(), person.address.casefold()) for person in other]
    kept = 0
    for name, address in ((person.name.casefold(), person.address.casefold()) for person in listed):
        if (name, address) in names:
            names.remove((name, address))
            kept += 1
        elif not name and address in there:
            kept += 1
    assert counted.kept == kept
    whose = [each for each in other if len(list(taken_away(listed, [each]))) == len(listed)]
    if len({(name.casefold(), address.casefold()) for name, address in other}) == len(other):
        assert (counted.elsewhere, counted.first_elsewhere) == (len(whose), tuple(whose[:5]))


def test_an_address_without_a_name_in_place_of_two_people_loses_both() -> None:
    family = [Person("Jan Jansen", "gezin@a.nl"), Person("Marie Jansen", "gezin@a.nl")]
    counted = compared(family, [Person("", "gezin@a.nl")])
    assert (counted.kept, counted.in_file, counted.together, counted.both, counted.elsewhere) == (0, 1, 2, 2, 0)
    turned = compared([Person("", "gezin@a.nl")], family)
    assert (turned.kept, turned.in_file, turned.together, turned.both, turned.elsewhere) == (1, 2, 2, 0, 2)
