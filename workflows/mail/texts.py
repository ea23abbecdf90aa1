"""The texts of our mails, from texts/{nl,en}/: common values are filled in, and values that differ per reader are tags.

A reader's own values are never more than text: HTML has tags of its own, for the escaped values, and all tags carry a
random word, so that no value can hold one.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from tenants.errors import Invalid
from tenants.lines import before_stop, filled_in, isolated, one_line
from workflows.mail.layout import Fill, as_html, as_text, escaped, links_in, plain
from workflows.mail.links_in_text import as_text_only, end_after_link
from workflows.mail.words import word

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
LINK = re.compile(r"https?://[^\s<>\"'{}]+")
OUR_LINKS = frozenset({"check_url", "operator", "how"})
"""Placeholders in which links stay links, beside those that become a button: we write their values, never a person."""
AT_SENDING = frozenset({"operator"})
"""The placeholders that are filled in when a mail is sent, not when it is planned."""
ADDED_LINES = frozenset({"trial", "answers"})
"""Placeholders of a notice that mail planned before does not have; a line without values is left out."""
STOP = "."
TO_NOBODY = {"nl": "lezer", "en": "reader"}


@dataclass(frozen=True)
class Text:
    """A subject and a body with {placeholders}."""

    subject: str
    body: str

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """Return every placeholder that must be filled in."""
        return self.in_subject | frozenset(PLACEHOLDER.findall(self.body))

    @cached_property
    def in_subject(self) -> frozenset[str]:
        """Return the placeholders whose values must fit on one line."""
        return frozenset(PLACEHOLDER.findall(self.subject))

    @cached_property
    def links(self) -> frozenset[str]:
        """Return the placeholders that must be an address on the web."""
        return links_in(self.body)


@dataclass(frozen=True)
class Letter:
    """A text in which the common values are filled in; in place of values that differ per reader it has tags."""

    what: Text
    names: frozenset[str]
    word: str
    subject: str
    text: str
    html: str
    domains: frozenset[str] = frozenset()

    def substitutions(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return one reader's values under their tags. Raises Invalid when one is missing or unfit."""
        refuse_unfit(self.what, self.names, values)
        own = {}
        for name in self.names:
            value = _fit(self.what, name, values, self.domains)
            for stop in ("", STOP) if name in self._ending else ("",):
                shown = before_stop(value, stop) + stop
                own[_tag(self.word, "t", name, stop)] = shown
                own[_tag(self.word, "h", name, stop)] = escaped(shown)
        return own

    @cached_property
    def _ending(self) -> frozenset[str]:
        """The names of values that end a sentence somewhere: their full stop is part of a tag."""
        whole = self.what.subject + self.what.body
        return frozenset(name for name in self.names if f"{{{name}}}{STOP}" in whole)


@cache
def text(key: str, locale: str) -> Text:
    """Return the text of that name. Raises FileNotFoundError when there is none."""
    if not re.fullmatch("[a-z_]+", key + locale):
        raise FileNotFoundError(f"no text {key} in {locale}")
    whole = files(__package__).joinpath(f"texts/{locale}/{key}.txt").read_text(encoding="utf-8")
    subject, _, body = whole.partition("\n\n")
    return Text(subject.strip(), body.strip())


def render(
    what: Text, common: Mapping[str, str], personal: Iterable[str], locale: str, domains: Iterable[str] = ()
) -> Letter:  # fmt: skip
    """Fill in what is common; `personal` names become tags. Raises Invalid when one is missing or unfit.

    Links that somebody typed stay links only where they lead to one of these domains.
    """
    allowed = frozenset(domains)
    names = frozenset(personal) & what.placeholders
    shared = what.placeholders - names
    refuse_unfit(what, shared, common)
    word = secrets.token_hex(6)
    fit = {name: _fit(what, name, common, allowed) for name in shared}
    in_text = fit | {n: _tag(word, "t", n) for n in names}
    in_html = {name: escaped(value) for name, value in fit.items()} | {n: _tag(word, "h", n) for n in names}
    stopped = {kind: {f"{{{n}}}{STOP}": _tag(word, kind, n, STOP) for n in names} for kind in ("t", "h")}
    empty = frozenset(name for name, value in fit.items() if not value)
    return Letter(
        what,
        names,
        word,
        _fill(in_text, stopped["t"])(what.subject),
        as_text(what.body, _fill(in_text, stopped["t"]), empty),
        as_html((what.subject, what.body), _fill(in_html, stopped["h"]), empty, locale),
        allowed,
    )


def refuse_unfit(what: Text, names: Iterable[str], values: Mapping[str, str]) -> None:
    """Raise Invalid when one of these placeholders has no value, or a link is not one. Other values stop no mail."""
    for name in sorted(names):
        if name not in values:
            raise Invalid("mail.value_missing", field=name)
        if name in what.links and not LINK.fullmatch(values[name]):
            raise Invalid("mail.link_invalid", field=name)


def _fit(what: Text, name: str, values: Mapping[str, str], domains: frozenset[str]) -> str:
    """Return a value as it may stand where the text puts it: on one line in a subject, with its own paragraphs
    elsewhere.

    A link in it is shown as text, unless it is one of ours.
    """
    fit = isolated(one_line(values[name]) if name in what.in_subject else plain(values[name]))
    return fit if name in what.links or name in OUR_LINKS else end_after_link(as_text_only(fit, domains))


def as_test(what: Text, locale: str) -> Text:
    """Return the text of a mail about a test, which says so at the beginning of its subject and in its first line."""
    return Text(f"{word('test.subject', locale)} {what.subject}", f"{word('test.line', locale)}\n\n{what.body}")


def with_name(name: str, values: Mapping[str, str], locale: str) -> dict[str, str]:
    """Return one reader's values, with the form of address."""
    return {"name": name.strip() or TO_NOBODY[locale], **values}


def _tag(word: str, kind: str, name: str, stop: str = "") -> str:
    return f"-{word}.{kind}.{name}{stop}-"


def _fill(values: Mapping[str, str], stopped: Mapping[str, str]) -> Fill:
    """Return what fills in these values. `stopped`: the tags with a full stop, by the placeholder with one behind it.

    A value that differs per reader is filled in later, so only its tag can leave out a second full stop.
    """

    def fill(template: str) -> str:
        for placeholder, tag in stopped.items():
            template = template.replace(placeholder, tag)
        return filled_in(template, values)

    return fill
