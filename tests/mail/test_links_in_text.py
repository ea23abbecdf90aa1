"""Whatever a mail program could follow is shown as text, and ordinary Dutch stays as it was written."""

import re
import sys
import unicodedata
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from tenants.lines import END, ISOLATE, isolated
from tests.house.backtracking import Work
from workflows.mail import links_in_text
from workflows.mail.links_in_text import PART, SCHEME, WORD, as_text_only, end_after_link

FOLLOWED = [
    ("www.аbnamro.nl/inloggen", "www[.]аbnamro[.]nl/inloggen"), ("www.bücher.nl", "www[.]bücher[.]nl"),
    ("evil.рф", "evil[.]рф"), ("betaal.xn--p1ai/login", "betaal[.]xn--p1ai/login"),
    ("www.inloggen.zip", "www[.]inloggen[.]zip"), ("evil.zip/pad", "evil[.]zip/pad"), ("evil.zip", "evil[.]zip"),
    ("www.evil.nl-inloggen", "www[.]evil[.]nl-inloggen"), ("evil.nl_", "evil[.]nl_"), ("-evil.nl", "-evil[.]nl"),
    ("//evil.nl/x", "//evil[.]nl/x"), ("http:/evil.nl", "hxxp:/evil[.]nl"), ("http:\\\\evil.nl", "hxxp:\\\\evil[.]nl"),
    ("http://intranet/x", "hxxp://intranet/x"), ("xhttp://1.2.3.4/", "xhxxp://1[.]2[.]3[.]4/"),
    ("evil。nl", "evil[.]nl"), ("evil．nl", "evil[.]nl"), ("evil｡nl", "evil[.]nl"), ("evil․nl", "evil[.]nl"),
    ("ｅｖｉｌ.nl", "evil[.]nl"), ("ｈｔｔｐ：／／intranet", "hxxp://intranet"), ("💩.la", "💩[.]la"),
    ("evil.भारत", "evil[.]भारत"), ("evil.n\u200bl", "evil[.]n\u200bl"),
    ("www.evil.pdf", "www[.]evil[.]pdf"),
    ("@evil.nl", "@evil[.]nl"), ("evil.nl@", "evil[.]nl@"), ("a@evil.nl/x", "a@evil[.]nl/x"),
    ("a@evil.nl:80", "a@evil[.]nl:80"), ("//bank.nl:x@evil.nl", "//bank[.]nl:x@evil[.]nl"),
    ("(evil.nl), evil.nl...", "(evil[.]nl), evil[.]nl[.][.][.]"), ("evil.nl.5", "evil[.]nl[.]5"),
    ("bank.nl,evil.nl", "bank[.]nl,evil[.]nl"), ("bank.nl'.evil.nl", "bank[.]nl'[.]evil[.]nl"),
    ("https://bank.nl'.evil.nl", "hxxps://bank[.]nl'[.]evil[.]nl"), ("bаnk.nl", "bаnk[.]nl"),
    ("-bank.nl", "-bank[.]nl"), ("bank.nl/)https://evil.nl", "bank[.]nl/)hxxps://evil[.]nl"),
]  # fmt: skip
ORDINARY = [
    "o.a. de b.v. en B.V., m.b.t. het z.g. geval e.d.", "i.p.v.", "klanten.xlsx", "“klanten.xlsx”",
    "klanten.xlsx-bestand",
    "\\\\server\\map\\klanten.oud.xlsx", "C:/Lijsten/brief_aan_klant.PDF.", "1.234,50", "€ 1.234.567,00",
    "12.03.2026",
    "d.d.12.03.2026", "art.33", "art. 33.1.a AVG", "08.40-09.10 uur", "v1.2.3", "een .nl-domein",
    "wacht...", "wacht…",
    "fg@kantoor.example.nl", "FG:jan.de.boer+avg@kantoor.nl,", "<fg@kantoor.nl>", "mailto:a.b@c.nl", "a@b.nl;c.d@e.nl",
    "en/of", "zie http: en https", "50 m² à €3,½", "Zie bank.nl. Of (https://www.bank.nl/a.b?c=d.e)!",
    "“bank.nl”",
    "שרה כהן", "\u2068bank.nl שרה\u2069", "Ja! Nee? 10:30; 3:1", "",
]  # fmt: skip
HOSTS = ("evil.nl", "evil.xn--p1ai")


def every_sign() -> Iterator[str]:
    """Each sign of Unicode that means something by now: no surrogate, none for private use, none yet to come."""
    signs = (chr(code) for code in range(1, sys.maxunicode + 1))
    return (sign for sign in signs if unicodedata.category(sign) not in ("Cn", "Co", "Cs"))


@pytest.mark.parametrize(("typed", "shown"), FOLLOWED)
def test_whatever_could_be_followed_is_text(typed: str, shown: str):
    assert as_text_only(typed, {"bank.nl"}) == shown
    assert as_text_only(shown) == shown, "once is enough"


@pytest.mark.parametrize("link", ["https://bank.nl", "https://bank.nl/a?b=c", "www.bank.nl", "bank.nl", "a@bank.nl"])
def test_a_link_at_the_end_of_a_line_from_right_to_left_ends_before_the_mark(link: str):
    """Whatever follows a link up to the next blank is taken into it."""
    shown = end_after_link(as_text_only(isolated(f"שרה כהן {link}"), {"bank.nl"}))
    assert shown.split()[-2:] == [link, END] and shown.startswith(ISOLATE)
    assert end_after_link(shown) == shown, "once is enough"


@pytest.mark.parametrize("text", ["שרה כהן", "bank.nl שרה", "https://bank.nl/שרה op maandag"])
def test_a_line_that_ends_with_a_word_keeps_its_end(text: str):
    assert end_after_link(isolated(text)) == isolated(text) == f"{ISOLATE}{text}{END}"
    assert end_after_link("zie bank.nl") == "zie bank.nl"


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_stay_as_they_are(text: str):
    assert as_text_only(text, {"bank.nl"}) == text


@pytest.mark.parametrize("host", HOSTS)
def test_no_sign_before_or_behind_a_host_hides_it(host: str):
    """A digit or letter makes another host of it, and that is shown as text as well."""
    hiding = [
        f"U+{ord(sign):04X}"
        for sign in every_sign()
        if re.search(r"\w[.]\w", as_text_only(f"{sign}{host} {host}{sign}"))
    ]
    assert hiding == []


@pytest.mark.parametrize("way", ["evil{}.nl", "evil.{}nl"])
def test_no_sign_within_a_host_that_browsers_pass_over_hides_it(way: str):
    unseen = "\u00ad\u034f\u200b\u200c\u200d\u2060\u2064\ufe0f\ufeff\U000e0100"
    assert [f"U+{ord(sign):04X}" for sign in unseen if "[.]" not in as_text_only(way.format(sign))] == []


def lines_run(text: str) -> int:
    """Lines of the module that Python runs for a text, and expressions within them: the same on every machine."""
    count = 0

    def traced(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename != links_in_text.__file__:
            return None
        count += event in ("line", "opcode")
        frame.f_trace_opcodes = True
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        as_text_only(text)
    finally:
        sys.settrace(before)
    return count


LONG = ("a", ".", "a.", "1.", "a-", "a+", "@", "a@", "a.nl@", "http:", "http:/", "evil.nl ", "/", "a,", "é.", "1.é")


@pytest.mark.parametrize("signs", LONG)
def test_the_work_grows_with_the_length_of_the_text(signs: str):
    few, many = (lines_run(signs * (n // len(signs))) for n in (10_000, 20_000))
    assert many <= 2.1 * few + 100
    for pattern in (WORD, PART, SCHEME):
        little, more = (Work(pattern, signs * (n // len(signs))).of_search() for n in (400, 800))
        assert more <= 2.1 * little + 100
