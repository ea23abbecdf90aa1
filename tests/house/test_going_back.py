"""S4: the browser's "back" does not empty a form. A field with autocomplete="off" would come back blank."""

import re

from tests.house.reading import TEMPLATES

OFF = re.compile(r"""<(?:input|textarea|select)\b[^>]*autocomplete="off"|f\.\w+\([^{}]*?autocomplete="off"[^{}]*?\)""")
SECRET_OR_SEARCH = {
    "base.html": "What somebody searches for is no part of a form that is sent.",
    "file_rows.html": "What somebody searches for is no part of a form that is sent.",
    "notice_people.html": "What somebody searches for is no part of a form that is sent.",
    "filters.html": "What somebody searches for is no part of a form that is sent.",
    "find.html": "What somebody searches for is no part of a form that is sent.",
    "search.html": "What somebody searches for is no part of a form that is sent.",
    "genuine.html": "A code from a message, in a form that asks and changes nothing.",
    "inbox.html": "What somebody searches for in the sandbox.",
    "kept.html": "A password, which no page gives back.",
    "provider.html": "A secret, which no page gives back.",
    "token_made.html": "A token that is shown once.",
}


def test_only_secrets_and_searches_are_forgotten_by_the_browser() -> None:
    found = {file.name: OFF.findall(file.read_text("utf-8")) for file in TEMPLATES}
    assert {name for name, fields in found.items() if fields} == set(SECRET_OR_SEARCH)
    kept = [field for name in ("kept.html", "provider.html") for field in found[name]]
    assert all('type="password"' in field for field in kept) and len(kept) == 2
