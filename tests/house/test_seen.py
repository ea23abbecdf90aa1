"""What the style sheets show is seen: the ring of the focus on every ground, and movement only by those who want it."""

import re
from pathlib import Path

from service import web

SHEETS = sorted((Path(web.__file__).parent / "static").glob("*.css"))
COLOUR = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b", re.I)
NAMED = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{3,6})", re.I)
GROUND = re.compile(r"background(?:-color)?:\s*([^;}]+)")
CLASS = re.compile(r"\.([a-z][\w-]*)(?=[^;{}]*\{)")
SHARED: frozenset[str] = frozenset()
LEAST = 3.0
"""WCAG 2.2, 1.4.11: what shows a state has this contrast to what is beside it."""


def styles() -> str:
    return "\n".join(sheet.read_text("utf-8") for sheet in SHEETS)


def test_the_sheet_of_the_overview_names_no_class_of_another_sheet() -> None:
    """All sheets are on every page, so such a class would get two layouts. print.css changes classes on purpose."""
    by_name = {sheet.name: set(CLASS.findall(sheet.read_text("utf-8"))) for sheet in SHEETS}
    own, others = by_name["overview.css"], by_name["meldketen.css"] | by_name["header.css"] | by_name["forms.css"]
    assert own & others <= SHARED


def luminance(colour: str) -> float:
    """The relative luminance of WCAG, from 0 for black to 1 for white."""
    bare = colour.removeprefix("#")
    digits = "".join(sign * 2 for sign in bare) if len(bare) == 3 else bare
    shares = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    dark, bright = sorted((luminance(first), luminance(second)))
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_wcag() -> None:
    assert round(contrast("#000", "#ffffff"), 2) == 21 and round(contrast("#f2b632", "#fff"), 2) == 1.82


def test_the_ring_of_the_focus_is_seen_on_every_ground() -> None:
    """One of its two colours has enough contrast to the ground, and they have it to each other."""
    css = styles()
    names = dict(NAMED.findall(css))
    said = re.sub(r"var\(--([\w-]+)\)", lambda name: names.get(name[1], ""), css)
    grounds = {colour for value in GROUND.findall(said) for colour in COLOUR.findall(value)}
    ring, halo = names["ring"], names["halo"]
    assert len(grounds) > 8 and contrast(ring, halo) >= LEAST
    assert [ground for ground in grounds if max(contrast(ring, ground), contrast(halo, ground)) < LEAST] == []
    [rule] = re.findall(r":focus-visible \{([^}]*)\}", css)
    assert "outline: 3px solid var(--ring)" in rule and "box-shadow: 0 0 0 2px var(--halo)" in rule
    assert re.findall(r"outline(?:-style)?:\s*(?:0|none)", css) == [], "nothing takes the ring away"


def test_only_those_who_want_movement_get_it() -> None:
    """A transition or an animation stands in the rules for people who did not ask for less movement."""
    wanted = re.compile(r"@media \(prefers-reduced-motion: no-preference\) \{(?:[^{}]|\{[^}]*\})*\}")
    assert re.findall(r"(?:transition|animation|scroll-behavior)\s*:", wanted.sub("", styles())) == []
