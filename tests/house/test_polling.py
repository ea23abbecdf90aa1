"""What a page asks by itself does not count as a sign of its user: a session ends although a page stays open."""

import re

from flask import Flask

from service.admission.access import mark_of
from tests.house.reading import TEMPLATES

BY_ITSELF = re.compile(r"""data-(?:live|ask)="{{ url_for\('([a-z_.]+)'""")
ASKED_BY_A_PRESS = re.compile(r"passkey")


def test_a_page_that_looks_by_itself_does_not_prolong_the_session(app: Flask):
    asked = {name for file in TEMPLATES for name in BY_ITSELF.findall(file.read_text("utf-8"))}
    asked = {name for name in asked if not ASKED_BY_A_PRESS.search(name)}
    assert {"web.board.live", "web.notices.counted", "web.session_end.asked"} <= asked
    assert {name for name in asked if not mark_of(app.view_functions[name], "get", "is_unattended")} == set()
