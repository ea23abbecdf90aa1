"""A list in JSON is rows under its names; anything else in JSON is one clear line."""

import json

import pytest

from service.reading.json_rows import DEEPEST, LONGEST, MOST_NAMES
from service.reading.outcome import Unreadable
from service.reading.separated import MOST_ROWS
from tests.reading.read import read


@pytest.mark.parametrize(
    "text",
    [
        '{"naam": "Jan"}', '[{"naam": "Jan"}', '[{"naam": "Jan"}] x', '[{"naam": "Jan"}, 5]',
        '[{"naam": "Jan"},]', '[{"a": ' + "[" * 90_000,
        '[{"a": ' * 2 + '{"a": ' * DEEPEST + "1" + "}" * DEEPEST + "}]" * 2, f'[{{"a": "{LONGEST * "x"}"}}]',
        "[" + ",".join(f'{{"n{nth}": 1}}' for nth in range(MOST_NAMES + 1)) + "]",
    ],
)  # fmt: skip
def test_what_is_no_list_of_rows(text: str) -> None:
    with pytest.raises(Unreadable, match="is_json"):
        read(text)


def test_a_list_of_too_many_rows_is_refused() -> None:
    assert read("[" + "{},\n" * 9 + '{"naam": "Jan"}]').rows == 1
    with pytest.raises(Unreadable, match="too_many_rows") as refused:
        read("[" + "{},\n" * MOST_ROWS + '{"naam": "Jan"}]')
    assert refused.value.values == {"most": MOST_ROWS}


@pytest.mark.parametrize(("text", "key", "value"), [
    ('[{"naam": "Jan", "naam": "Els"}]', "file.json_name_twice", "naam"),
    (r'[{"a\ud800": 1, "a\udfff": 2}]', "file.json_name_twice", "a\ufffd"),
    ('[{"naam": "Jan"}, {"aantal": NaN}]', "file.json_no_number", "NaN"),
    ('[{"a": {"b": -Infinity}}]', "file.json_no_number", "-Infinity"),
])  # fmt: skip
def test_what_is_wrong_with_json_is_named(text: str, key: str, value: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert (refused.value.key, list(refused.value.values.values())) == (key, [value])


def test_a_list_is_read_to_its_end() -> None:
    people = [{"naam": f"Lezer {nth}", "e-mail": f"l{nth}@a.example", "oud": nth / 2} for nth in range(30_000)]
    items = read(json.dumps(people, indent=1)).items
    assert len(items) == 30_000 and items[30_001]["address"] == "l29999@a.example"


def test_a_number_stays_the_text_that_it_is() -> None:
    got = read('[{"klantnummer": 12345678901234567890, "aantal": 1e400}]', "hits")
    assert got.faults == [(2, "file.short_form", "")]


def test_half_a_pair_is_a_letter_that_was_lost() -> None:
    text = r'[{"name": "\ud800A", "email": "a@x.example", "\udc00": ["\udc00", 1]}, {"name": "\ud83d\ude00 Els"}]'
    got = read(text)
    assert got.faults == [(2, "file.letter_lost", "")]
    assert got.unused == ["\ufffd"] and got.items[3]["name"] == "\U0001f600 Els"
