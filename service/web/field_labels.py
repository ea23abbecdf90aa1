"""A list of faults calls each field by its label: the words that stand at the field on the same page.

The list stands above the fields, so it has a mark for each name until the page is rendered; then the label replaces
the mark. A field without a label on the page gets its general name, or none.
"""

import re
from html import unescape

from markupsafe import Markup, escape

BEGIN, MIDDLE, END = "\ue000", "\ue001", "\ue002"
"""Signs for private use, which no text of a page contains."""
MARKED = re.compile(f"{BEGIN}([^{BEGIN}{MIDDLE}]*){MIDDLE}([^{BEGIN}{END}]*){END}")
LABELS = tuple(re.compile(pattern, re.DOTALL) for pattern in (
    r'<label\b[^>]* for="([^"]+)"[^>]*>(.*?)</label>',
    r'<fieldset\b[^>]* id="([^"]+)"[^>]*>\s*<legend\b[^>]*>(.*?)</legend>',
    r'<(?:legend|h2|h3)\b[^>]* id="([^"]+)"[^>]*>(.*?)</(?:legend|h2|h3)>',
    r'<(?:input|select|textarea)\b[^>]* id="([^"]+)"[^>]* aria-label="([^"]*)"',
))  # fmt: skip
TAGS, BESIDE = re.compile(r"<[^>]*>"), re.compile(r"<span\b.*?</span>", re.DOTALL)
"""Parts of a label that are not its name, such as "may be left empty"."""


def name_at(anchor: str, general: str) -> Markup:
    """Return the mark for the name of the field with this id. `general` is the name of a field without a label."""
    return Markup("{}{}{}{}{}").format(BEGIN, anchor, MIDDLE, general, END)


def labelled(page: str) -> Markup:
    """Return the page, which is escaped already, with a name in place of each mark, ready for the next words."""
    if BEGIN not in page:
        return Markup(page)
    labels = labels_of(page)
    return Markup(MARKED.sub(lambda mark: _before(labels.get(mark[1], mark[2])), page))


def labels_of(page: str) -> dict[str, str]:
    """Return the label of each field of a page by its id: escaped words without the other parts of the label."""
    pairs = (match.groups() for pattern in LABELS for match in pattern.finditer(page))
    return {anchor: escape(unescape(_plain(label))) for anchor, label in pairs if _plain(label)}


def _plain(label: str) -> str:
    return " ".join(TAGS.sub("", BESIDE.sub("", label)).split())


def _before(name: str) -> str:
    return "" if not name else f"{name} " if name.endswith(("?", ":")) else f"{name}: "
