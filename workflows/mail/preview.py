"""A mail as its reader would see it, before anybody gets it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from workflows.mail.batches import Addressee
from workflows.mail.register_end import END, end_of_register
from workflows.mail.sender import Mail, Person
from workflows.mail.texts import ADDED_LINES, as_test, render, text, with_name
from workflows.mail.words import operator_words

EXAMPLE_NAME = {"nl": "mevrouw De Vries", "en": "Ms De Vries"}
NOT_WRITTEN_YET = "…"


class Letter(NamedTuple):
    """One mail as one reader sees it."""

    subject: str
    text: str
    html: str


def preview_mail(
    text_key: str, common: Mapping[str, str], reader: Addressee, locale: str, is_test: bool = False
) -> Letter:  # fmt: skip
    """Return the mail with this text to this reader, whose own values it has, as it would be sent now.

    Raises Invalid when a value is missing or unfit.
    """
    shared = {END: end_of_register(locale), "operator": operator_words(locale)} | dict(common)
    what = text(text_key, locale)
    letter = render(as_test(what, locale) if is_test else what, shared, {"name", *reader.values}, locale)
    values = letter.substitutions({**shared, **with_name(reader.name, reader.values, locale)})
    person = Person(reader.address, reader.name, values, {})
    return Letter(*Mail(text_key, letter.subject, letter.text, letter.html, (person,)).as_read_by(person))


def preview_notice(
    common: Mapping[str, str], locale: str = "nl", text_key: str = "notice", name: str | None = None,
    domains: Iterable[str] = (),
) -> tuple[str, str, str]:
    """Return subject, text and HTML; a part that is not written yet shows as an ellipsis.

    `name` is the reader's; blank for somebody without a name, None for a name that we make up.
    """
    what = text(text_key, locale)
    written = {key: common.get(key) or NOT_WRITTEN_YET for key in what.placeholders - {"name", *ADDED_LINES}}
    parts = written | {key: common.get(key, "") for key in ADDED_LINES}
    letter = render(what, parts, {"name"}, locale, domains)
    values = with_name(EXAMPLE_NAME[locale] if name is None else name, {}, locale)
    reader = Person("", "", letter.substitutions(values), {})
    return Mail("notice", letter.subject, letter.text, letter.html, (reader,)).as_read_by(reader)
