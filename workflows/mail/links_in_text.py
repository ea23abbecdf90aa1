"""Links that somebody typed are shown as text, in both parts of a mail: `hxxps://example[.]com`, so nobody can click
them.

Only links to a domain that the operator allowed this organisation stay as they are. Our own links are no free text. A
mail program reads a host in any script and with any character beside it, so every word that could be a host counts as
one. Mail addresses, names of files, abbreviations, dates and amounts stay. Each text is read once, character by
character.
"""

import re
import unicodedata
from collections.abc import Collection

from tenants.lines import END

OFFICE_FILES = frozenset({"pdf", "doc", "docx", "xls", "xlsx", "csv", "txt", "eml", "msg"})
FILES = OFFICE_FILES | {"xml", "json", "htm", "html", "png", "jpg", "jpeg"}
"""Endings of files that are no ending of a domain; `zip` is both, so that it counts as a domain."""
WORD = re.compile(r'[^\s<>"]+')
SCHEME = re.compile(r"(https?|ftp)(?=:[/\\])", re.IGNORECASE)
SIGN = r"[^\s\x00-*,/:-@\[-^`{-\x7f]"
"""What may stand in a host or before the @ of an address: of ASCII letters, digits and + - . _, and all the rest."""
PART = re.compile(rf"{SIGN}+(?:@{SIGN}+(?![/\\:?#@]|{SIGN}))?")
"""An address of mail, or what may be a host. An address with a path or port behind it is a link to its host."""
AROUND = "()[]{},.;:!?'“”„‘’‚«»…\u2068\u2069"
# Only what every browser reads in one way: no name before an @, no backslash, no sign outside ASCII.
PLAIN = re.compile(
    r"(?:(?:https?|ftp)://)?([a-z0-9.-]+)(?::[0-9]{1,5})?(?:[/?#][a-z0-9_~.%&=+:/?#-]*)?", re.IGNORECASE | re.ASCII
)


def as_text_only(value: str, allowed: Collection[str] = ()) -> str:
    """Return the text with its links written so that no mail program follows them, except those to the allowed domains.
    """
    return WORD.sub(lambda match: _shown(match[0], allowed), value)


def end_after_link(line: str) -> str:
    """Return the isolated line, with a blank before its end mark when it ends with a link or a mail address.

    A mail program takes every character up to the next blank into a link, and a link with the end mark in it does not
    work.
    """
    bare, last = line.removesuffix(END), line.split(" ")[-1]
    is_link = last.endswith(END) and END not in last[:-1] and any(sign in last for sign in "@/.")
    return f"{bare} {END}" if is_link else line


def _shown(word: str, allowed: Collection[str]) -> str:
    """Return the word, or its links as text. Characters that a browser reads as others are then written as those."""
    read = _as_read(word)
    shown = _without_links(read)
    return word if shown == read or _is_allowed(word.strip(AROUND), allowed) else shown


def _is_allowed(link: str, allowed: Collection[str]) -> bool:
    plain = PLAIN.fullmatch(link)
    host = plain[1].lower() if plain else ""
    return any(host == domain or host.endswith(f".{domain}") for domain in allowed)


def _as_read(word: str) -> str:
    """Return a word as a browser reads it (NFKC): `ｅｖｉｌ。nl` is evil.nl.

    Each character is normalised alone, so that a long row of combining marks costs no more time.
    """
    if word.isascii():
        return word
    return "".join(unicodedata.normalize("NFKC", sign) for sign in word).replace("。", ".")


def _without_links(word: str) -> str:
    if SCHEME.search(word):
        return SCHEME.sub(lambda match: _not_followed(match[1]), word).replace(".", "[.]")
    may_be_address = "//" not in word
    return PART.sub(lambda match: _part(match[0], may_be_address), word)


def _not_followed(scheme: str) -> str:
    return scheme.lower().replace("tt", "xx").replace("ftp", "fxp")


def _part(part: str, may_be_address: bool) -> str:
    if "@" in part and may_be_address:
        return part
    return part.replace(".", "[.]") if any(_is_host(piece) for piece in re.split(r"@|\.\.+", part)) else part


def _is_host(name: str) -> bool:
    """Whether labels stand before an ending of two letters or more, in any script: `xn--p1ai` and `рф` too.

    A label that ends no domain is passed over: evil.nl.5 is evil.nl with a number behind it.
    """
    labels = name.strip(".").split(".")
    while len(labels) > 1:
        ending = _ending(labels[-1])
        if ending in FILES and labels[0].lower() != "www":
            return False
        if ending[:2].isalpha() and len(ending) > 1 and _is_label(labels[-2]):
            return True
        labels.pop()
    return False


def _ending(label: str) -> str:
    """Return the letters and digits with which a label begins, without other characters around and between:
    `nl-inloggen`.

    Characters outside ASCII that are neither letter nor digit are left out: a browser passes over those without width.
    """
    known = "".join(sign for sign in label if sign.isascii() or sign.isalnum())
    return re.split(r"[-_+]", known.lstrip("-_+"), maxsplit=1)[0].lower()


def _is_label(label: str) -> bool:
    """Whether it holds a letter, a digit or a picture: `.nl` alone names no host."""
    return any(unicodedata.category(sign)[0] in "LNS" for sign in label)
