"""Words in the name of a sender by which it would pass for Meldketen or for an authority, say what was proven of
somebody or who sends for whom, or lead to a site.

Every function takes a name in small letters without marks, and returns where the first such word stands in it: its
beginning and its end; None when there is none.
"""

import re

Span = tuple[int, int]
INITIALS = ("ap", "kvk", "via")
WORDS = (
    "geverifieerd*", "verified", "bevestigd*", "confirmed", "gecontroleerd*", "checked", "namens", "onbehalf",
    "autoriteitpersoonsgegevens", "meldketen",
)  # fmt: skip
"""Claims of few letters, which also stand there as initials, and longer ones, also in pieces. An asterisk is any end.
"""
LOOK_ALIKE = {
    **dict.fromkeys("il", "[il1|!ı]"), "o": "[o0ø]", "s": "[s5]", "e": "[e3]", "m": "(?:m|rn)", "w": "(?:w|vv)",
}  # fmt: skip
"""Signs that readers take for a letter of a longer claim. Of a short one no sign stands in for another: "vla" is no
"via"."""
BEGINS, ENDS = r"(?<![^\W_])", r"(?![^\W_])"
SHORT = re.compile(f"{BEGINS}(?:{'|'.join(INITIALS)}){ENDS}")
RUN = re.compile(rf"{BEGINS}[^\W\d_](?:[\W_]+[^\W\d_]{ENDS})+")
"""Letters that each stand alone, as in "A.P." or "k v k"."""
LEGAL_FORM = re.compile(r"(?:bv|nv|cv|vof)$")
PERSON = re.compile(r"[\W_]*[^\W\d_]{2,}")
"""A surname behind initials."""
OF_AUTHORITY = re.compile(r"autoriteit|toezicht|inspectie|meld|privacy|gegevens|datalek|overheid|nederland|avg|loket")
"""Parts of words that no surname has, so that initials before them are no person's."""
DOTTED = re.compile(r"(?<!\w)(\w+)(?=\.([^\W\d_]{2,}))")
TITLES = frozenset({"dr", "drs", "ds", "ing", "ir", "mr", "mw", "dhr", "mevr", "prof", "fa", "fam", "gebr", "st"})
ENDINGS = frozenset({
    "nl", "com", "eu", "org", "net", "be", "de", "fr", "uk", "co", "info", "biz", "online", "site", "shop", "app", "io",
    "amsterdam", "frl",
})  # fmt: skip
"""Endings by which a name with a title or an initial before its dot is a site all the same."""
CALLED = re.compile(rf"{BEGINS}(?:https?|www){ENDS}")


def _in_pieces(claim: str) -> str:
    letters = r"[\W_]*".join(LOOK_ALIKE.get(letter, letter) for letter in claim.rstrip("*"))
    return letters + (r"\w*" if claim.endswith("*") else "")


LONG = re.compile(f"{BEGINS}(?:{'|'.join(map(_in_pieces, WORDS))}){ENDS}")


def claim_in(plain: str) -> Span | None:
    """Return where a word stands by which the name claims something."""
    match = LONG.search(plain) or SHORT.search(plain)
    return match.span() if match else next(
        (run.span() for run in RUN.finditer(plain) if _claims(run, plain)), None
    )  # fmt: skip


def _claims(run: re.Match[str], plain: str) -> bool:
    """Whether these letters are a claim. "A.P." before a surname is a person."""
    letters = LEGAL_FORM.sub("", re.sub(r"[\W_]", "", run[0]))
    is_person = letters == "ap" and PERSON.match(plain, run.end()) and not OF_AUTHORITY.search(plain)
    return letters in INITIALS and not is_person


def site_in(plain: str) -> Span | None:
    """Return where the address of a site stands, such as bank.nl. "B.V.", "Dr.Ing." and "A.Jansen" are none."""
    if match := CALLED.search(plain):
        return match.span()
    return next(((dotted.start(1), dotted.end(2)) for dotted in DOTTED.finditer(plain) if _is_site(dotted)), None)


def _is_site(dotted: re.Match[str]) -> bool:
    before, after = dotted[1], dotted[2]
    return after in ENDINGS or not (len(before) == 1 or before in TITLES)
