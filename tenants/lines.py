"""Text as it is kept: a line is one line, and no character is invisible. The database has the same rule.

Text that is pasted from a spreadsheet or a mail contains line breaks, marks of direction and blanks without width. In a
name they stop a mail, reverse a word, or make two names look alike; nobody means them.
"""

import re
import unicodedata
from collections.abc import Mapping

INVISIBLE = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
"""Controls, marks of direction, and characters without width: soft hyphen, joiners, fillers, tags. A joiner within a
picture stays.

Characters for private use are kept, because they are seen: text from a word processor has symbols among them. So are
unassigned ones, because Python and PostgreSQL may know different versions of Unicode.
"""
JOINER = "\u200d"
_PICTURES = "\u2190-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_JOINS_NOTHING = f"(?<![{_PICTURES}\ufe0f]){JOINER}|{JOINER}(?![{_PICTURES}])"
"""A joiner outside of a picture. Between two pictures it makes one of them, such as that of a family, so it is seen."""
BREAKS = "\n\r\x0b\x0c\x85\u2028\u2029"
_WINDOWS = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ"
_WORD = {
    "\x1e": "-", "\x1f": "", "\ufffc": "", "\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "‣",
    "\uf0fc": "✓", "\uf0e0": "→",
}  # fmt: skip
AS_MEANT = {chr(0x80 + n): sign for n, sign in enumerate(_WINDOWS) if n != 5 and sign > "\x9f"} | _WORD
"""Signs of word processors, with what they mean: the quotes and dashes of Windows-1252 in places of controls, hyphens
that break no line or only sometimes, the place of a picture, and bullets and ticks of the font Symbol."""
_PASTED = re.compile(f"[{''.join(AS_MEANT)}]")
_UNSEEN = re.compile(f"(?!{JOINER})[{INVISIBLE}]|{_JOINS_NOTHING}")
_BREAK = re.compile(f"\r\n|[{BREAKS}]")
_WIDE = re.compile(f"[\t{BREAKS}][\\s{BREAKS}]*|[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_ONLY_SELECTORS = re.compile("[\\s\ufe00-\ufe0f\u2800]*")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
ISOLATE, END = "\u2068", "\u2069"
NAMED = re.compile(r"\{([a-z_]+)\}(\.?)")
"""A placeholder of a text, with the full stop right behind it."""


def one_line(text: str) -> str:
    """Return the text on one line, composed (NFC), without invisible characters and without blanks around it.

    A line break, tab or wide blank becomes a space. A text of invisible characters alone becomes empty.
    """
    seen = _WIDE.sub(" ", _UNSEEN.sub("", as_meant(text)))
    return "" if _ONLY_SELECTORS.fullmatch(seen) else unicodedata.normalize("NFC", seen).strip()


def as_meant(text: str) -> str:
    """Return the text with the signs that a word processor wrote in its own way as the signs that they mean."""
    return _PASTED.sub(lambda match: AS_MEANT[match[0]], text)


def long_text(text: str) -> str:
    """Return the text with its line breaks, each a line feed, composed (NFC), and without invisible characters."""
    seen = _UNSEEN.sub("", _BREAK.sub("\n", as_meant(text)))
    return "" if _ONLY_SELECTORS.fullmatch(seen) else unicodedata.normalize("NFC", seen).strip()


def isolated(text: str) -> str:
    """Return a line in Unicode isolates, so that a name that runs from right to left leaves the rest of a sentence in
    order.

    Separate paragraphs and text that is isolated already stay as they are.
    """
    if text.isascii() or "\n" in text or (text.startswith(ISOLATE) and text.find(END) == len(text) - 1):
        return text
    turns = any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in text)
    return f"{ISOLATE}{text}{END}" if turns else text


def filled_in(text: str, values: Mapping[str, object]) -> str:
    """Return the text with these values at its placeholders; a value that ends with a full stop ends a sentence.

    Placeholders in a value are not filled in. Raises KeyError for a placeholder without a value.
    """
    return NAMED.sub(lambda match: before_stop(str(values[match[1]]), match[2]) + match[2], text)


def before_stop(value: str, stop: str) -> str:
    """Return the value without its full stop where the sentence puts one behind it."""
    if stop and value.endswith(stop + END):
        return value.removesuffix(stop + END) + END
    return value.removesuffix(stop)
