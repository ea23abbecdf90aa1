"""How likely people write a word: by the alphabets of languages, and by the signs that they write alone."""


def _with_capitals(letters: str) -> frozenset[str]:
    return frozenset(sign for sign in letters + letters.upper() if not sign.isascii())


ALPHABETS = tuple((_with_capitals(letters), weight) for letters, weight in (
    ("áâäçéèêëíîïñóôöúùûüœæÿ", 1.0), ("æøåéö", 1.0), ("åäöéü", 1.0),
    ("äöüßé", 1.0), ("áâãçéêíóôúü", 1.0), ("áéíóúñüçèïò", 1.0),
    ("áàâãçéêíóôõúü", 0.4), ("ąćęłńóśźż", 0.4), ("àèéìíîòóùú", 0.4),
    ("áäčďéěíĺľňóôŕřšťúůýžöü", 0.4), ("çğıİöşüâîû", 0.45), ("ăâîșțşţ", 0.4),
    ("čćđšž", 0.4), ("áéíóöőúüű", 0.4), ("áéíóúýþæöð", 0.2),
))  # fmt: skip
"""The letters of names by language, and how likely each is in a list of ours. No word mixes two of them."""
SCRIPTS = tuple((_with_capitals(often + rarely), _with_capitals(often)) for often, rarely in (
    ("аеинорствклмді", "бгёжзйпуфхцчшщъыьэюяїєґў"),
    ("αειονστρκλμπυςάίόή", "βγδζηθξφχψωέύώϊϋΐΰ"),
    ("יוהלאבמרנתדשם", "גזחטךכןסעףפץצק"),
))  # fmt: skip
"""The letters of other scripts, and those of them that names often have. A word is written in one script as a whole,
without a letter of ASCII."""
OF_SCRIPT = 0.4
RARELY_FIRST = frozenset("ÃÌÍÏËÐÒÔÕÙÚÛÝÞŸÊÈÿ")
EDGES = frozenset("–—…•‘’“”„«»\u00a0")
OFTEN_ALONE = frozenset("€…’")
ALONE = EDGES | frozenset("€±°½¼²³ºª´£§©®")
"""Signs that people write by themselves."""


def likely(word: str) -> float:
    """Return how likely people write this word: letters of the alphabet of one language count for it; letters of
    several languages, capitals and signs inside it count against. So do three letters or more without one of ASCII,
    unless they are of another script."""
    letters = {sign for sign in word if sign.isalpha() and not sign.isascii()}
    weight = max((weight for alphabet, weight in ALPHABETS if letters <= alphabet), default=-1.0)
    if weight < 0 or (len(word) > 2 and not _has_ascii_letter(word)):
        weight = _of_script(word, letters)
    return sum(_likely_sign(word, at, weight) for at, sign in enumerate(word) if not sign.isascii())


def _of_script(word: str, letters: set[str]) -> float:
    """Return how likely a word of another script is, for each letter: those of one script that stand often in names
    count in full; -1 for a word that mixes scripts, and for a letter alone."""
    if len(word) < 2 or _has_ascii_letter(word):
        return -1.0
    often = max((len(often & letters) for every, often in SCRIPTS if letters <= every), default=-1)
    return OF_SCRIPT * often / len(letters) if letters and often >= 0 else -1.0


def _has_ascii_letter(word: str) -> bool:
    return any(sign.isascii() and sign.isalpha() for sign in word)


def _likely_sign(word: str, at: int, weight: float) -> float:
    sign, before, after = word[at], word[at - 1 : at] if at else "", word[at + 1 : at + 2]
    if "\x80" <= sign < "\xa0":
        return -8
    is_letter = sign.isalpha() and sign not in ALONE
    if not (before.isalpha() or after.isalpha()):
        return _likely_alone(sign, weight if is_letter and sign.isupper() else -1)
    if is_letter:
        return _likely_letter(word, at, weight)
    if sign in "’´" and after.isalpha():
        return _likely_apostrophe(word, at)
    return (-0.5 if before.isalpha() and after.isalpha() else 0.25) if sign in EDGES else -2


def _likely_alone(sign: str, weight: float) -> float:
    if sign in ALONE or sign == "à":
        return 2 if sign in OFTEN_ALONE else 1.45 if sign == "à" else 0.25
    return weight * (0.3 if sign in RARELY_FIRST else 0.9) if weight > 0 else -1


def _likely_letter(word: str, at: int, weight: float) -> float:
    sign, starts = word[at], at == 0 or not word[at - 1].isalpha()
    if (sign.isupper() and not starts and not word.isupper()) or (sign.islower() and word[at + 1 : at + 2].isupper()):
        return -3
    if starts and weight > 0:
        return weight * (0.2 if sign in RARELY_FIRST else 0.3 if sign.islower() else 1)
    return weight


def _likely_apostrophe(word: str, at: int) -> float:
    """Return how likely an apostrophe stands here: it does so before a capital (D’Haese), in ’t and in foto’s."""
    rest = word[at + 1 :]
    if rest[0].isupper() or (at == 0 and len(rest) == 1):
        return 1.6
    return 1.25 if rest in {"s", "tje", "er"} and word[at] == "’" else 0.25
