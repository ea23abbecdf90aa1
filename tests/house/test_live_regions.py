"""What a screen reader reads at each change: one part of a page for what changes by itself, and a few fixed others."""

import re

from tests.house.reading import ROOT, TEMPLATES

REGION = re.compile(r"""<[^>]*?(aria-live|role=["']?(?:status|alert|log|timer)\b)[^>]*>""")
AT_A_PRESS = "data-copied"
"""The answer to a press of the button beside it."""
FIXED = {"base.html", "notice_preview.html", "genuine.html", "fields.html", "ap_form.html", "contact_asked.html",
         "both_changed.html", "draft.html", "draft_not_kept.html", "settings.html"}
"""Files with parts that are there when the page comes, and never change on it."""
OF_THE_LOGIN = "session_end.html"
"""A warning that comes once before a login ends, and once when it ended."""
SCRIPTS = sorted((ROOT / "service/web/static").glob("*.js"))


def test_one_part_of_a_page_is_read_when_it_changes_by_itself() -> None:
    regions = [(file.name, tag[0]) for file in TEMPLATES for tag in REGION.finditer(file.read_text("utf-8"))]
    by_itself = [
        (name, tag) for name, tag in regions if AT_A_PRESS not in tag and (name not in FIXED or "aria-live" in tag)
    ]  # fmt: skip
    assert [name for name, _ in by_itself] == ["base.html", OF_THE_LOGIN] and {name for name, _ in regions} >= FIXED
    assert [tag for _, tag in regions if "aria-live" in tag] == [tag for _, tag in regions if "data-announcer" in tag]


def test_only_the_announcements_write_into_that_part() -> None:
    scripts = {file.name: file.read_text("utf-8") for file in SCRIPTS}
    writing = [name for name, text in scripts.items() if '[data-announcer]").textContent' in text]
    makes = [name for name, text in scripts.items() if re.search("aria-?live", text, re.I)]
    assert writing == ["announcements.js"] and makes == []


def test_no_script_asks_the_clock_of_the_computer_what_time_it_is() -> None:
    """Lengths of time it may ask; a moment comes from the server (clock.js)."""
    asks = [file.name for file in SCRIPTS if "new Date()" in file.read_text("utf-8")]
    assert asks == [] and len(SCRIPTS) > 4
