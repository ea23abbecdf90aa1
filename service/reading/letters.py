"""The letters of a file: which encoding it has, and whether it was saved in a wrong one before.

A mark decides, then the zero bytes of UTF-16, then UTF-8, then whichever of the old encodings gives words that people
write: of Windows, a Mac or DOS. What is not certain is a question.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from service.reading.outcome import Ask, Unreadable

MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
OLD = ("cp1252", "mac_roman", "cp850", "cp1250", "cp1254", "iso8859-15")
"""In the order of how often they are met; of two that are equally likely the first is taken."""
WRONG = ("mac_roman", "cp850", "cp1252")
"""The encodings in which programs read UTF-8 that was none of theirs; in this order none spoils what another mends."""
TWICE = ", twice"
"""Behind the name of an encoding: the file was read in a wrong encoding before, and saved so. The wrong encodings
follow in brackets; without brackets it was cp1252."""
MOST_TIMES = 3
"""How often a text can have been saved wrongly."""


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
RARELY_FIRST = frozenset("ÃÌÍÏËÐÒÔÕÙÚÛÝÞŸÊÈÿ")
EDGES = frozenset("–—…•‘’“”„«»\u00a0")
OFTEN_ALONE = frozenset("€…’")
ALONE = EDGES | frozenset("€±°½¼²³ºª´£§©®")
"""Signs that people write by themselves."""
GOOD = frozenset().union(*(letters for letters, _ in ALPHABETS)) | ALONE | {"\ufeff"}
_MARKED = re.compile(rb"[\x80-\xff][A-Za-z'\x80-\xff]{0,40}")
_CONTROLS = re.compile("[\x80-\x9f]")
MOST_WORDS, MOST_LOOKED_AT, LONGEST_WORD, MOST_EXAMPLES = 2_000, 200_000, 40, 3
MARGIN = 0.5
"""How much more likely than the next encoding Windows' own is that nobody is asked about."""


def _table(name: str) -> str:
    """Return the sign of each byte; a byte that an encoding leaves out is the control sign of its number."""
    signs = (bytes([byte]).decode(name, "replace") for byte in range(256))
    return "".join(chr(byte) if sign == "\ufffd" else sign for byte, sign in enumerate(signs))


TABLES = {name: _table(name) for name in (*OLD, "latin-1")}


def _decoded(content: bytes, name: str) -> str:
    return codecs.charmap_decode(content, "strict", TABLES[name])[0] if name in OLD else content.decode(name)


def _wrongs(name: str) -> dict[str, str]:
    """Return what each right sign looks like after UTF-8 was read in this encoding, and which sign that is.

    The signs of the encoding itself are right too, because they come up between two times.
    """
    right = {sign for sign in GOOD.union(TABLES[name]) if not sign.isascii()}
    tables = [TABLES[name], *([TABLES["latin-1"]] if name == OLD[0] else [])]
    return {codecs.charmap_decode(sign.encode(), "strict", table)[0]: sign for table in tables for sign in right}


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    lasts: dict[str, str] = {}
    for word in sorted(words):
        lasts[word[:-1]] = lasts.get(word[:-1], "") + word[-1]
    return re.compile("|".join(f"{re.escape(first)}[{re.escape(last)}]" for first, last in lasts.items()))


RIGHT = {name: _wrongs(name) for name in (*WRONG, "cp1250")}
_WRONG = {name: _any_of(wrongs) for name, wrongs in RIGHT.items()}
_FIRSTS = {name: sorted({wrong[0] for wrong in wrongs}) for name, wrongs in RIGHT.items()}


@dataclass(frozen=True)
class Letters:
    """The text of a file, the name of its encoding, and what is not certain about it."""

    text: str
    encoding: str
    asks: tuple[Ask, ...] = ()


def letters_of(content: bytes, chosen: str | None = None) -> Letters:
    """Return the text of a file, in the encoding that was chosen if any. Raises Unreadable when it is no text."""
    encoding, asks = (chosen, ()) if chosen else _encoding(content)
    base, wrongs = _parts(encoding)
    try:
        text = _decoded(content, base)
    except (ValueError, LookupError) as error:
        raise Unreadable("file.letters", encoding=encoding) from error
    if "\0" in text:
        raise Unreadable("file.no_text")
    if not chosen and not text.isascii():
        wrongs = (base, *WRONG) if base == "cp1250" else WRONG
    mended, used = _mended(text, wrongs)
    if used and not chosen:
        encoding, asks = _twice(base, used, asks)
    return Letters(_CONTROLS.sub("\ufffd", mended) if base in OLD else mended, encoding, asks)


def _parts(encoding: str) -> tuple[str, tuple[str, ...]]:
    """Return the encoding of the bytes, and the wrong encodings that the text went through before."""
    base, twice, rest = encoding.partition(TWICE)
    names = tuple(name for name in rest.strip(" ()").split(" ") if name in RIGHT)
    return base, (names or OLD[:1]) if twice else ()


def _twice(base: str, used: tuple[str, ...], asks: tuple[Ask, ...]) -> tuple[str, tuple[Ask, ...]]:
    """Return the name of an encoding whose text was mended, and the questions with that name in the place of it."""
    name = base + TWICE + ("" if used == OLD[:1] else f" ({' '.join(used)})")
    others = (replace(ask, choices=(name, *ask.choices[1:]), proposed=name) for ask in asks)
    return name, (*others, Ask("file.letters_twice", choices=(name, base), proposed=name))


def _mended(text: str, wrongs: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the text with the signs put right that were read in these encodings, and those it was read in."""
    used: dict[str, None] = {}
    for _ in range(MOST_TIMES if wrongs else 0):
        before = text
        for name in wrongs:
            right = _once_mended(text, name)
            if right != text:
                text, used[name] = right, None
        if text == before:
            break
    return text.removeprefix("\ufeff"), tuple(name for name in wrongs if name in used)


def _once_mended(text: str, name: str) -> str:
    """Return the text with the signs put right that were read in this encoding. To look whether there can be any costs
    less than to look for each of them."""
    if not any(sign in text for sign in _FIRSTS[name]):
        return text
    return _WRONG[name].sub(lambda match: RIGHT[name][match[0]], text)


def _encoding(content: bytes) -> tuple[str, tuple[Ask, ...]]:
    for mark, name in MARKS:
        if content.startswith(mark):
            return name, ()
    if wide := _without_mark(content[:4000]):
        return wide, ()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _old(content, error.start)
    return "utf-8", ()


def _without_mark(head: bytes) -> str | None:
    """Return UTF-16 where every second byte of Latin text is zero."""
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = head[first::2], head[1 - first :: 2]
        if len(zeros) > 3 and zeros.count(0) > len(zeros) * 0.7 and others.count(0) == 0:
            return name
    return None


def _old(content: bytes, start: int) -> tuple[str, tuple[Ask, ...]]:
    """Return the old encoding whose words people most likely write; a question unless it is clearly Windows' own.
    `start`: where the first byte is that is no UTF-8."""
    words = _marked_words(content, max(0, start - LONGEST_WORD))
    read = {name: tuple(_decoded(word, name) for word in words) for name in OLD}
    scores = {name: sum(map(_likely, read[name])) for name in OLD}
    best, *others = sorted(OLD, key=lambda name: -scores[name])
    rivals = {read[name]: name for name in reversed(others) if read[name] != read[best]}
    text = _decoded(content, best)
    is_clear = best == OLD[0] and all(scores[best] - scores[name] > MARGIN for name in rivals.values())
    if is_clear and "¤" not in text and not _has_controls(text):
        return best, ()
    possible = {name for words, name in rivals.items() if name in WRONG or not _CONTROLS.search("".join(words))}
    if "¤" in text:
        possible.add(OLD[-1])
    choices = (best, *(name for name in OLD if name in possible - {best}))
    return best, (Ask("file.letters_uncertain", choices=choices, proposed=best),)


def _has_controls(text: str) -> bool:
    """Return whether control signs stay that the encoding leaves out, also after the text is mended."""
    return bool(_CONTROLS.search(text) and _CONTROLS.search(_mended(text, WRONG)[0]))


def _marked_words(content: bytes, start: int) -> list[bytes]:
    """Return the first words with bytes above ASCII that are no UTF-8: these say nothing in an old encoding."""
    words: dict[bytes, None] = {}
    for match in islice(_MARKED.finditer(content, start), MOST_LOOKED_AT):
        before = content[max(0, match.start() - LONGEST_WORD) : match.start()]
        word = re.split(rb"[^A-Za-z']", before)[-1] + match[0]
        if word not in words and not _is_utf8(word):
            words[word] = None
            if len(words) == MOST_WORDS:
                break
    return list(words)


def _is_utf8(word: bytes) -> bool:
    try:
        return bool(word.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _likely(word: str) -> float:
    """Return how likely people write this word: letters of the alphabet of one language count for it; letters of
    several languages, capitals and signs inside it count against."""
    letters = {sign for sign in word if sign.isalpha() and not sign.isascii()}
    weight = max((weight for alphabet, weight in ALPHABETS if letters <= alphabet), default=-1.0)
    return sum(_likely_sign(word, at, weight) for at, sign in enumerate(word) if not sign.isascii())


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


def with_examples(ask: Ask, cells: Iterable[str], encoding: str) -> Ask:
    """Return a question about letters with words of these cells, as they were read in this encoding: for each choice
    how it reads them, or what each word was before it was put right. Another question stays as it is."""
    base, wrongs = _parts(encoding)
    if ask.key == "file.letters_twice":
        pairs = ((_saved_in(word, wrong), word) for word in _rare_words(cells) for wrong in wrongs)
        shown = dict.fromkeys(f"{wrong} > {word}" for wrong, word in pairs if wrong != word)
        return replace(ask, examples=tuple(islice(shown, MOST_EXAMPLES)))
    if ask.key != "file.letters_uncertain" or base not in OLD:
        return ask
    names = {choice: _parts(choice)[0] for choice in ask.choices}
    readings = ({choice: _as_read(word, base, name) for choice, name in names.items()} for word in _rare_words(cells))
    differing = list(islice((words for words in readings if len(set(words.values())) > 1), MOST_EXAMPLES))
    return replace(ask, examples=tuple(f"{choice}: {', '.join(words[choice] for words in differing)}"
                                       for choice in ask.choices if differing))  # fmt: skip


def _rare_words(cells: Iterable[str]) -> Iterator[str]:
    """Return each of the first words of the cells that has signs above ASCII, once, cut where it is very long."""
    words = (word for cell in cells if not cell.isascii() for word in cell.split() if not word.isascii())
    seen: set[str] = set()
    for word in islice(words, MOST_WORDS):
        short = word[:LONGEST_WORD].strip(',;:()"')
        if short not in seen:
            seen.add(short)
            yield short


def _saved_in(word: str, wrong: str) -> str:
    """Return what a word looks like after its UTF-8 was read in a wrong encoding."""
    return codecs.charmap_decode(word.encode(errors="replace"), "strict", TABLES[wrong])[0]


def _as_read(word: str, base: str, other: str) -> str:
    """Return how a word that was read in one encoding looks in another."""
    return _CONTROLS.sub("\ufffd", word.encode(base, "replace").decode(other, "replace"))
