"""A notice as its reader would see it, before anybody gets it."""

from collections.abc import Iterable, Mapping

from workflows.mail.sender import Mail, Person
from workflows.mail.texts import render, text, with_name

EXAMPLE_NAME = {"nl": "mevrouw De Vries", "en": "Ms De Vries"}
NOT_WRITTEN_YET = "…"


def preview_notice(
    common: Mapping[str, str], locale: str = "nl", text_key: str = "notice", name: str | None = None,
    domains: Iterable[str] = (),
) -> tuple[str, str, str]:
    """Return subject, text and HTML; a part that is not written yet shows as an ellipsis."""
    what = text(text_key, locale)
    parts = {key: common.get(key) or NOT_WRITTEN_YET for key in what.placeholders - {"name"}}
    letter = render(what, parts, {"name"}, locale, domains)
    values = with_name(name or EXAMPLE_NAME[locale], {}, locale)
    reader = Person("", "", letter.substitutions(values), {})
    return Mail("notice", letter.subject, letter.text, letter.html, (reader,)).as_read_by(reader)
