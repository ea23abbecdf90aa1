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
    '<meta name="color-scheme" content="light dark"></head>\n'
    f'<body style="margin:0;padding:24px 16px;{FONT};font-size:16px;line-height:1.5">\n'
    '<div style="max-width:36em;margin:0 auto">\n{blocks}\n</div></body></html>\n'
)
BUTTON_STYLE = (
    "display:inline-block;padding:12px 20px;border-radius:6px;background:#154273;color:#ffffff;"
    "font-weight:600;text-decoration:none"
)


def as_text(body: str, fill: Fill, empty: frozenset[str]) -> str:
    """Return the plain text; a line whose values are all empty is left out."""
    return "\n\n".join(fill(_plain(block)) for block in _blocks(body, empty))


def as_html(body: str, fill: Fill, empty: frozenset[str], locale: str) -> str:
    """Return the text as HTML; `fill` returns escaped values."""
    blocks = "\n".join(_html(block, fill) for block in _blocks(body, empty))
    return PAGE.replace("{locale}", escape(locale)).replace("{blocks}", blocks)


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


def _plain(block: str) -> str:
    button = BUTTON.fullmatch(block)
    if button:
        return f"{button[1]}:\n{{{button[2]}}}"
    return block.removeprefix("# ")


def _html(block: str, fill: Fill) -> str:
    button = BUTTON.fullmatch(block)
    if button:
        href = fill(f"{{{button[2]}}}")
        label = _inline(button[1], fill)
        return f'<p style="margin:24px 0"><a href="{href}" style="{BUTTON_STYLE}">{label}</a></p>'
    if block.startswith("# "):
        return f'<h2 style="font-size:18px;margin:28px 0 8px">{_inline(block[2:], fill)}</h2>'
    lines = block.split("\n")
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{_inline(line[2:], fill)}</li>" for line in lines) + "</ul>"
    return "<p>" + "<br>".join(_inline(line, fill) for line in lines) + "</p>"


def _inline(template: str, fill: Fill) -> str:
    # Braces survive escape(), so the placeholders are still there to be filled.
    return fill(escape(template))
