"""How a text looks: the same blocks as plain text and as HTML. No images, nothing from elsewhere.

A block that begins with `# ` is a heading, one whose lines all begin with `- ` a list,
`> What to do: {link}` a button; anything else is a paragraph, and its line breaks stay.
"""

import re
from collections.abc import Callable
from html import escape

from tenants.lines import long_text

Fill = Callable[[str], str]

BUTTON = re.compile(r"> (.+): \{([a-z_]+)\}")
NAMES = re.compile(r"\{([a-z_]+)\}")
FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif"
PAGE = (
    '<!DOCTYPE html>\n<html lang="{locale}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width">'
    '<meta name="color-scheme" content="light dark"><title>{title}</title></head>\n'
    f'<body style="margin:0;padding:24px 16px;{FONT};font-size:16px;line-height:1.5">\n'
    # A mail program may drop <html> and <main>: the language and the landmark stand on an element that stays.
    '<div role="main" lang="{locale}" style="max-width:36em;margin:0 auto">\n'
    '{heading}\n{blocks}\n</div></body></html>\n'
)
H1 = "font-size:22px;line-height:1.3;margin:0 0 20px"
BUTTON_STYLE = (
    "display:inline-block;padding:12px 20px;border-radius:6px;background:#154273;color:#ffffff;"
    "font-weight:600;text-decoration:none"
)


def as_text(body: str, fill: Fill, empty: frozenset[str]) -> str:
    """Return the plain text; a line whose values are all empty is left out."""
    return "\n\n".join(_plain(block, fill) for block in _blocks(body, empty))


def as_html(what: tuple[str, str], fill: Fill, empty: frozenset[str], locale: str) -> str:
    """Return a subject and a body as HTML, the subject as its title and its only h1; `fill` returns escaped values."""
    title, blocks = _inline(what[0], fill), "\n".join(_html(block, fill) for block in _blocks(what[1], empty))
    parts = {"locale": escape(locale), "title": title, "heading": f"<h1 style=\"{H1}\">{title}</h1>", "blocks": blocks}
    return re.sub(r"\{(locale|title|heading|blocks)\}", lambda part: parts[part[1]], PAGE)


def plain(value: str) -> str:
    """Return a value as it may stand in plain text: one kind of line break, and no invisible characters."""
    return long_text(value)


def escaped(value: str) -> str:
    """Return a plain value as it may stand in HTML, as text or in an attribute."""
    return escape(value).replace("\n", "<br>")


def links_in(body: str) -> frozenset[str]:
    """Return the placeholders that become a button."""
    return frozenset(name for _, name in BUTTON.findall(body))


def _blocks(body: str, empty: frozenset[str]) -> list[str]:
    blocks = ["\n".join(_lines(block, empty)) for block in re.split(r"\n{2,}", body)]
    return [block for block in blocks if block]


def _lines(block: str, empty: frozenset[str]) -> list[str]:
    return [line for line in block.split("\n") if not (names := NAMES.findall(line)) or set(names) - empty]


def _plain(block: str, fill: Fill) -> str:
    button = BUTTON.fullmatch(block)
    if button:
        return fill(f"{button[1]}:\n{{{button[2]}}}")
    if _is_list(block):
        return "\n".join(f"- {item}" for line in block.split("\n") for item in fill(line[2:]).split("\n"))
    return fill(block.removeprefix("# "))


def _is_list(block: str) -> bool:
    """Whether the block is a list. A value of several lines in it is as many items."""
    return all(line.startswith("- ") for line in block.split("\n"))


def _html(block: str, fill: Fill) -> str:
    button = BUTTON.fullmatch(block)
    if button:
        href = fill(f"{{{button[2]}}}")
        label = _inline(button[1], fill)
        return f'<p style="margin:24px 0"><a href="{href}" style="{BUTTON_STYLE}">{label}</a></p>'
    if block.startswith("# "):
        return f'<h2 style="font-size:18px;margin:28px 0 8px">{_inline(block[2:], fill)}</h2>'
    lines = block.split("\n")
    if _is_list(block):
        items = [item for line in lines for item in _inline(line[2:], fill).split("<br>")]
        return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
    return "<p>" + "<br>".join(_inline(line, fill) for line in lines) + "</p>"


def _inline(template: str, fill: Fill) -> str:
    # Braces survive escape(), so the placeholders are still there to be filled.
    return fill(escape(template))
