"""A list of faults calls each field by its label, the words that stand at the field on the same page, in its order.

The list stands above the fields, so it has a mark for each name and each item until the page is rendered. Then the
label replaces the mark, and the items get the order of their fields. A field without a label on the page gets its
general name, or none, and no link.

The marks are elements. Text that somebody typed cannot be one, because the "<" of all text is escaped on a page.
"""

import re
from html import unescape

from markupsafe import Markup, escape

NAME = Markup('<fault-name of="{}">{}</fault-name>')
ITEM, ITEMS_END = Markup("<fault-item>"), Markup("</fault-items>")
MARKED = re.compile(r'<fault-name of="([^"<]*)">([^<]*)</fault-name>')
ITEMS = re.compile(f"{ITEM}(.*?){ITEMS_END}", re.DOTALL)
LEADS_TO = re.compile(r'<a href="#([^"]+)">(.*)</a>', re.DOTALL)
FAULTS = 'role="alert" tabindex="-1" data-focus'
LABELS = tuple(re.compile(pattern, re.DOTALL) for pattern in (
    r'<label\b[^>]* for="([^"]+)"[^>]*>(.*?)</label>',
    r'<fieldset\b[^>]* id="([^"]+?)(?:-group)?"[^>]*>\s*<legend\b[^>]*>(.*?)</legend>',
    r'<(?:legend|h2|h3)\b[^>]* id="([^"]+)"[^>]*>(.*?)</(?:legend|h2|h3)>',
    r'<(?:input|select|textarea)\b[^>]* id="([^"]+)"[^>]* aria-label="([^"]*)"',
))  # fmt: skip
PLACES = re.compile(r' id="([^"]+)"')
TAGS, BESIDE = re.compile(r"<[^>]*>"), re.compile(r"<span\b.*?</span>", re.DOTALL)
"""Parts of a label that are not its name, such as "may be left empty"."""


def name_at(anchor: str, general: str) -> Markup:
    """Return the mark for the name of the field with this id. `general` is the name of a field without a label."""
    return NAME.format(anchor, general)


def shows_faults(page: str) -> bool:
    """Return whether the page has a list of faults, or a refusal, that its reader must see first."""
    return FAULTS in page


def labelled(page: str) -> Markup:
    """Return the page, which is escaped already, with a name in place of each mark, ready for the next words."""
    if ITEM not in page:
        return Markup(page)
    places = places_of(page)
    page = ITEMS.sub(lambda items: "".join(_as_on_page(items[1].split(ITEM), places)), page)
    labels = labels_of(page)
    return Markup(MARKED.sub(lambda mark: _before(labels.get(mark[1], mark[2])), page))


def labels_of(page: str) -> dict[str, str]:
    """Return the label of each field of a page by its id: escaped words without the other parts of the label."""
    pairs = (match.groups() for pattern in LABELS for match in pattern.finditer(page))
    return {anchor: escape(unescape(_plain(label))) for anchor, label in pairs if _plain(label)}


def places_of(page: str) -> dict[str, int]:
    """Return where each id stands on a page, in characters from its beginning."""
    return {match[1]: match.start() for match in PLACES.finditer(page)}


def _as_on_page(items: list[str], places: dict[str, int]) -> list[str]:
    """Return the items by the place of their fields. Those without a field on the page come first, as plain words."""
    placed = [(places.get(link[1], -1) if (link := LEADS_TO.search(item)) else -1, item) for item in items]
    placed.sort(key=lambda pair: pair[0])
    return [item if place >= 0 else LEADS_TO.sub(r"\2", item) for place, item in placed]


def _plain(label: str) -> str:
    return " ".join(TAGS.sub("", BESIDE.sub("", label)).split())


def _before(name: str) -> str:
    return "" if not name else f"{name} " if name.endswith(("?", ":")) else f"{name}: "
