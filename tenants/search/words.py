"""The words of a text as a search compares them, as the function `words_of` of the database. Standard library only."""

import re
from unicodedata import normalize

LONGEST_WORD = 40
ACCENTS_AND_UNSEEN = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
OF_AN_ABBREVIATION = re.compile(r"(?<![a-z0-9])([a-z])\.(?=[a-z](?![a-z0-9]))")
BETWEEN = re.compile("[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xbf\u2000-\u2bff\u3000-\u303f]+")
ZEROS_BEFORE = re.compile("^0+(?=[0-9]+$)")


def words_of(said: str) -> list[str]:
    """Return the different words: no capitals, no accents, split at what is neither letter nor digit. Signs that nobody
    sees are left out, B.V. is bv, and a number has no zeros before it. A word ends after LONGEST_WORD signs."""
    plain = "".join(sign.lower() for sign in ACCENTS_AND_UNSEEN.sub("", normalize("NFKD", said)))
    parts = BETWEEN.split(OF_AN_ABBREVIATION.sub(r"\1", plain))
    return list(dict.fromkeys(ZEROS_BEFORE.sub("", part)[:LONGEST_WORD] for part in parts if part))
