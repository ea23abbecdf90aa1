"""Who is on two lists, who comes and who goes: everybody is counted, also two people of one name."""

from workflows.notice.second_list import Person, added, on_both, taken_away

JAN, ANS = Person("Jan", ""), Person("Ans", "ans@example.nl")


def test_of_two_people_with_one_name_and_no_address_one_goes() -> None:
    assert list(taken_away([JAN, JAN, ANS], [JAN])) == [JAN, ANS] and on_both([JAN, JAN, ANS], [JAN]) == 1


def test_the_same_list_twice_adds_nobody() -> None:
    assert list(added([JAN, JAN, ANS], [JAN, JAN, ANS])) == [JAN, JAN, ANS]
    assert list(added([JAN], [JAN, JAN])) == [JAN, JAN]


def test_an_address_without_a_name_stands_for_everybody_there() -> None:
    family = [Person("Jet", "de.boer@example.nl"), Person("Tom", "De.Boer@example.nl"), ANS]
    assert list(taken_away(family, [Person("", "de.boer@example.nl")])) == [ANS]
    assert on_both(family, [Person("", "DE.BOER@example.nl")]) == 2


def test_capitals_make_no_other_person() -> None:
    assert list(taken_away([ANS], [Person("ANS", "Ans@Example.nl")])) == []
