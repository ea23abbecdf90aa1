"""A list of faults calls each field by its label, the words that stand at the field on the same page, in its order.

The list stands above the fields, so it has a mark for each name and each item until the page is rendered. Then the
label replaces the mark, and the items get the order of their fields. A field without a label on the page gets its
general name, or none, and no link.
"""

import re
from html import unescape

from markupsafe import Markup, escape

BEGIN, MIDDLE, END, ITEM, ITEMS_END = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
"""Signs for private use, which no text of a page contains."""
MARKED = re.compile(f"{BEGIN}([^{BEGIN}{MIDDLE}]*){MIDDLE}([^{BEGIN}{END}]*){END}")
ITEMS = re.compile(f"{ITEM}([^{ITEMS_END}]*){ITEMS_END}")
LEADS_TO = re.compile(r'<a href="#([^"]+)">(.*)</a>', re.DOTALL)
FAULTS = 'role="alert" tabindex="-1" data-focus'
LABELS = tuple(re.compile(pattern, re.DOTALL) for pattern in (
    r'<label\b[^>]* for="([^"]+)"[^>]*>(.*?)</label>',
    r'<fieldset\b[^>]* id="([^"]+?)(?:-group)?"[^>]*>\s*<legend\b[^>]*>(.*?)</legend>',
    r'<(?:legend|h2|h3)\b[^>]* id="([^"]+)"[^>]*>(.*?)</(?:legend|h2|h3)>',
    r'<(?:input|select|textarea)\b[^>]* id="([^"]+)"[^>]* aria-label="([^"]*)"',
))  # fmt: skip
TAGS, BESIDE = re.compile(r"<[^>]*>"), re.compile(r"<span\b.*?</span>", re.DOTALL)
"""Parts of a label that are not its name, such as "may be left empty"."""


def name_at(anchor: str, general: str) -> Markup:
    """Return the mark for the name of the field with this id. `general` is the name of a field without a label."""
    return Markup("{}{}{}{}{}").format(BEGIN, anchor, MIDDLE, general, END)


def shows_faults(page: str) -> bool:
    """Return whether the page has a list of faults, or a refusal, that its reader must see first."""
    return FAULTS in page


def labelled(page: str) -> Markup:
    """Return the page, which is escaped already, with a name in place of each mark, ready for the next words."""
    page = ITEMS.sub(lambda items: "".join(_as_on_page(items[1].split(ITEM), page)), page)
    if BEGIN not in page:
        return Markup(page)
    labels = labels_of(page)
    return Markup(MARKED.sub(lambda mark: _before(labels.get(mark[1], mark[2])), page))


def labels_of(page: str) -> dict[str, str]:
    """Return the label of each field of a page by its id: escaped words without the other parts of the label."""
    pairs = (match.groups() for pattern in LABELS for match in pattern.finditer(page))
    return {anchor: escape(unescape(_plain(label))) for anchor, label in pairs if _plain(label)}


def _as_on_page(items: list[str], page: str) -> list[str]:
    """Return the items by the place of their fields. Those without a field on the page come first, as plain words."""
    places = {item: page.find(f' id="{link[1]}"') if (link := LEADS_TO.search(item)) else -1 for item in items}
    items = sorted(items, key=places.__getitem__)
    return [item if places[item] >= 0 else LEADS_TO.sub(r"\2", item) for item in items]


def _plain(label: str) -> str:
    return " ".join(TAGS.sub("", BESIDE.sub("", label)).split())


def _before(name: str) -> str:
    return "" if not name else f"{name} " if name.endswith(("?", ":")) else f"{name}: "
