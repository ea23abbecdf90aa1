"""What a line of a mail is by its words: the greeting at its end, or the name of somebody."""

import re

LONGEST_NAME, MOST_WORDS = 60, 6
"""The most characters, and words, of a line that is a name and nothing else."""
_ENDS = re.compile(
    r"--\s*\Z|met (?:\w+ )?groet|(?:vriendelijke|hartelijke|warme) groet|hoogachtend|"
    r"(?:kind|best|warm) regards\b|(?:yours )?sincerely\b|verzonden (?:vanaf|met|via) |sent from |"
    r"(?:alvast )?(?:bedankt|dank je|dank u)\b|thanks\b", re.IGNORECASE,
)  # fmt: skip
_MAY_END = re.compile(r"groet(?:en|jes)?\b|mvg\b|m\.v\.g|regards\b", re.IGNORECASE)
"""How the end of a mail begins too; these are names of people and companies as well."""
_WORD = re.compile(r"[^\W\d_][^\s\d@<>]*")
_SMALL = frozenset({
    "aan", "af", "al", "bij", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "e", "el", "en", "het", "ibn",
    "in", "la", "le", "op", "ten", "ter", "te", "tot", "uit", "van", "vd", "v.d.", "von", "voor", "y", "zu", "d'", "s",
    "t", "'t", "'s",
})  # fmt: skip
"""Words of a name that are written with small letters."""
_NO_NAMES = frozenset({
    "beste", "hoi", "hallo", "hi", "hey", "hello", "dear", "dag", "geachte", "goedemorgen", "goedemiddag",
    "goedenavond", "bedankt", "dank", "thanks", "graag", "alvast", "fyi", "onderwerp", "bijlage", "subject",
    "verzonden",
})  # fmt: skip
"""What a line begins with that is said to somebody, or of a mail."""


_BULLET = re.compile(r"(?:[-*+\u2022\u00b7\u2013\u2014\u2023\u25e6\u25aa\uf0b7]|[0-9]{1,3}[.)])[ \t]{1,9}(?=\S)")
BULLETS = frozenset("-*+\u2022\u00b7\u2013\u2014\u2023\u25e6\u25aa\uf0b7")
"""Signs that stand before each line of a list in a mail."""


def without_bullet(line: str) -> str:
    """Return a line without the sign or the number of a list before it; "- onbekend -" is no line of a list."""
    if line.rstrip().endswith(line[:1]) and line[:1] in BULLETS:
        return line
    return _BULLET.sub("", line, count=1) if line[:1] in BULLETS or "0" <= line[:1] <= "9" else line


def greets(line: str, may_be_name: bool = True) -> bool:
    """Return whether a line begins the end of a mail, in which its sender says who it is. `may_be_name`: also one that
    may be the name of somebody, such as "Groet, Jan"."""
    return _ENDS.match(line) is not None or (may_be_name and _MAY_END.match(line) is not None)


def is_name(line: str) -> bool:
    """Return whether a line is most likely the name of one person: a few words with capitals."""
    words = line.replace(",", " ").strip('" ').split()
    if not words or len(line) > LONGEST_NAME or len(words) > MOST_WORDS:
        return False
    if ":" in line or line.endswith((",", ".", "!", "?")):
        return False
    return words[0].casefold() not in _NO_NAMES and any(word[0].isupper() for word in words) and all(map(_fits, words))


def _fits(word: str) -> bool:
    """Return whether a word may be one of a name."""
    plain = word.strip("()\"").replace("\u2019", "'")
    return plain.casefold() in _SMALL or bool(_WORD.fullmatch(plain) and (plain[0].isupper() or plain[1:2] == "'"))
