"""In a list of faults, each field is called by its label: the words that stand at the field on the same page.

The list stands above the fields, so it holds a mark for each name until the page is written; then the label takes the
place of the mark. A field that has no label on the page is called by its general name, or by none.
"""

import re
from html import unescape

from markupsafe import Markup, escape

BEGIN, MIDDLE, END = "\ue000", "\ue001", "\ue002"
"""Signs for private use, which no text of a page has."""
MARKED = re.compile(f"{BEGIN}([^{BEGIN}{MIDDLE}]*){MIDDLE}([^{BEGIN}{END}]*){END}")
LABELS = tuple(re.compile(pattern, re.DOTALL) for pattern in (
    r'<label\b[^>]* for="([^"]+)"[^>]*>(.*?)</label>',
    r'<fieldset\b[^>]* id="([^"]+)"[^>]*>\s*<legend\b[^>]*>(.*?)</legend>',
    r'<(?:legend|h2|h3)\b[^>]* id="([^"]+)"[^>]*>(.*?)</(?:legend|h2|h3)>',
    r'<(?:input|select|textarea)\b[^>]* id="([^"]+)"[^>]* aria-label="([^"]*)"',
))  # fmt: skip
TAGS, BESIDE = re.compile(r"<[^>]*>"), re.compile(r"<span\b.*?</span>", re.DOTALL)
"""What stands in a label beside its words, such as that it may be left empty."""


def name_at(anchor: str, general: str) -> Markup:
    """The mark for the name of the field with this id; `general` is what it is called where it has no label."""
    return Markup("{}{}{}{}{}").format(BEGIN, anchor, MIDDLE, general, END)


def labelled(page: str) -> Markup:
    """A page, which is escaped already, with a name in the place of each mark, ready for the words that follow it."""
    if BEGIN not in page:
        return Markup(page)
    labels = labels_of(page)
    return Markup(MARKED.sub(lambda mark: _before(labels.get(mark[1], mark[2])), page))


def labels_of(page: str) -> dict[str, str]:
    """The label of each field of a page by its id, in escaped words without what stands beside them."""
    pairs = (match.groups() for pattern in LABELS for match in pattern.finditer(page))
    return {anchor: escape(unescape(_plain(label))) for anchor, label in pairs if _plain(label)}


def _plain(label: str) -> str:
    return " ".join(TAGS.sub("", BESIDE.sub("", label)).split())


def _before(name: str) -> str:
    return "" if not name else f"{name} " if name.endswith(("?", ":")) else f"{name}: "
