"""The names of a list by which a person sees whether it was read well, gathered while the list is read."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from workflows.notice.names_to_look_at import NamesToLookAt, names_to_look_at

NAMES = st.lists(st.text("abJé3©", max_size=4), max_size=12)


@given(st.lists(NAMES, max_size=5))
def test_names_that_come_in_parts_give_what_the_whole_list_gives(parts: list[list[str]]) -> None:
    def gathered(before: NamesToLookAt | None, part: list[str]) -> NamesToLookAt | None:
        return names_to_look_at(part, before)

    whole = [name for part in parts for name in part]
    assert reduce(gathered, parts, None) == names_to_look_at(whole)
    assert names_to_look_at(iter(whole)) == names_to_look_at(whole)
