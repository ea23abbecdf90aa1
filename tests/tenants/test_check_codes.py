"""A code by which a message is shown to be genuine, as people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.register.notices import (
    CODE_SIGNS,
    LONGEST_TYPED,
    LOOK_ALIKE,
    MOST_TRIED,
    SIGNS,
    check_codes_in,
    has_sign_of_no_code,
    new_check_code,
)

CODES = st.text(SIGNS, min_size=CODE_SIGNS, max_size=CODE_SIGNS)
DASHES, QUOTES = "-\u2010\u2011\u2012\u2013\u2014\u2212_", "'\"\u2018\u2019\u201c\u201d\u00ab\u00bb"
BETWEEN = st.text(DASHES + QUOTES + " .,/\t()\u00a0", max_size=3)
AROUND = ("{}", "Code: {}", "{} Best", "Beste lezer, {}.", "https://meldketen.example/genuine?code={}",
          "meldketen.example/genuine?code={}&lang=en", "<{}>", "Test {} Test")  # fmt: skip


def wide(sign: str) -> str:
    """The sign as wide as a character of Chinese or Japanese, as some keyboards type digits and letters."""
    return chr(ord(sign) + 0xFEE0)


@given(CODES, st.lists(BETWEEN, min_size=9, max_size=9), st.lists(st.sampled_from("ulw"), min_size=8, max_size=8))
def test_a_code_is_read_in_every_spelling(code: str, between: list[str], kinds: list[str]):
    spelled = [{"u": sign, "l": sign.lower(), "w": wide(sign)}[kind] for sign, kind in zip(code, kinds, strict=True)]
    typed = between[8] + "".join(sign + blank for sign, blank in zip(spelled, between, strict=False))
    assert f"{code[:4]}-{code[4:]}" in check_codes_in(typed)


@pytest.mark.parametrize("around", AROUND)
@given(code=CODES, dash=st.sampled_from(["-", "\u2013", " ", "", " - "]))
def test_a_code_is_read_within_an_address_or_a_sentence(around: str, code: str, dash: str):
    typed = around.format(code[:4] + dash + code[4:])
    assert f"{code[:4]}-{code[4:]}" in check_codes_in(typed)[:MOST_TRIED], typed


@given(st.text(max_size=2000))
def test_whatever_is_typed_gives_codes_of_the_right_form(typed: str):
    for code in check_codes_in(typed):
        assert len(code) == CODE_SIGNS + 1 and code[4] == "-" and code.replace("-", "").isalnum() and code.isascii()
    assert check_codes_in(typed) == check_codes_in(typed[:LONGEST_TYPED])


def test_no_code_holds_signs_that_look_alike_and_their_reader_is_told():
    assert not set(SIGNS) & set(LOOK_ALIKE)
    assert not any(has_sign_of_no_code(new_check_code()) for _ in range(200))
    assert all(has_sign_of_no_code(f"7K4M-2QX{sign.lower()}") for sign in LOOK_ALIKE)
