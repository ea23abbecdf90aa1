"""People of a text that was copied from a mail: its recipients, or a mail in which they are named between other lines.

The other lines are left out, among them what the sender writes of itself, and a person is told which lines these are.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from service.reading.fields import Fields
from service.reading.outcome import Ask
from service.reading.texts import HEAD, Text

LONGEST, MOST_LINES, MOST_BARE_LINES = HEAD, 500, 5
"""The most characters, and lines, of a text that is read so; and lines of one that says by no other sign that it comes
from a mail."""
MOST_SHOWN, LONGEST_SHOWN = 20, 60
"""How many of the lines that are left out are shown, and how many characters of each."""
WHOLE, LAST = 1, 3
"""How sure a heading is that is known as a whole, and one that is taken for want of another; see Fields.ranked."""
_QUOTED = re.compile(r"(?:> ?)+")
_TO = re.compile(r"(?:aan|to|cc|bcc)\s{0,3}:\s{0,9}", re.IGNORECASE)
"""What a mail program writes in front of its recipients."""
_FROM = re.compile(r"(?:van|from|afzender|sender|beantwoorden|reply-to)\s{0,3}:", re.IGNORECASE)
_GREETING = re.compile(
    r"--\s*\Z|(?:met )?(?:vriendelijke |hartelijke )?groet(?:en|jes)?\b|mvg\b|m\.v\.g|(?:kind |best |warm )?regards\b",
    re.IGNORECASE,
)
"""How the end of a mail begins, in which its sender says who it is."""
_ADDRESS = re.compile(r"<[^<>\s]*@[^<>\s]*>")
_CELLS = re.compile(r"[;\t,|]")
_TOKENS = re.compile(r'"[^"]*"|[^";,>]+|[";,>]')


@dataclass(frozen=True)
class _Line:
    """A line by its number, without the marks before it, and how many of these say that it was quoted."""

    number: int
    text: str
    quotes: int

    @property
    def addresses(self) -> int:
        return len(_ADDRESS.findall(self.text)) or self.text.count("@")


def people_in_mail(text: Text, fields: Fields) -> tuple[list[list[str]], list[Ask]] | None:
    """Return a row for each person of a text that was copied from a mail, the name beside the address, and the question
    about the lines that are left out; None when the text is no such mail, as a table with known headings is none."""
    lines = _lines(text) if text.length <= LONGEST else []
    if not lines or len(lines) > MOST_LINES or not _is_of_mail(lines) or _has_headings(lines, fields):
        return None
    named = _lines_of_people(lines)
    left_out = [line for line in lines if line not in named]
    people = [part for line in named for part in _parted(_TO.sub("", line.text, count=1))]
    return [_named(person) for person in people], _asks(left_out)


def _lines(text: Text) -> list[_Line]:
    """Return the lines that say something."""
    lines = list[_Line]()
    for number, line in enumerate(text.head.splitlines(), 1):
        marks = _QUOTED.match(line.strip())
        said = line.strip()[marks.end() if marks else 0 :].strip()
        if said:
            lines.append(_Line(number, said, marks[0].count(">") if marks else 0))
    return lines


def _is_of_mail(lines: Sequence[_Line]) -> bool:
    """Return whether recipients, quoted lines, several people on a line, or a greeting below people say that lines come
    from a mail; or all of a few lines have several addresses."""
    few = len(lines) <= MOST_BARE_LINES
    if any(_GREETING.match(line.text) for line in lines) and any(_ADDRESS.search(line.text) for line in lines):
        return True
    return any(len(_ADDRESS.findall(line.text)) > 1 or (line.addresses and _is_marked(line)) for line in lines) or (
        few and all(line.text.count("@") > 1 for line in lines)
    )


def _is_marked(line: _Line) -> bool:
    return line.quotes > 0 or _TO.match(line.text) is not None


def _has_headings(lines: Sequence[_Line], fields: Fields) -> bool:
    """Return whether a line without an address has a heading that is known as a whole, or has several cells that are
    all known by their words."""
    bare = (line.text for line in lines if "@" not in line.text and not line.text.endswith(":"))
    for cells in ([cell.strip(' "') for cell in _CELLS.split(text)] for text in bare):
        ranks = [min((rank for rank, _ in fields.ranked(cell)), default=LAST) for cell in cells]
        if min(ranks) <= WHOLE or (len(cells) > 1 and max(ranks) < LAST):
            return True
    return False


def _lines_of_people(lines: Sequence[_Line]) -> list[_Line]:
    """Return the lines that name people: what a sender says of itself behind a greeting names none, and where people
    were quoted a line with one address beside them does not either."""
    named, ended = list[_Line](), defaultdict[int, bool](bool)
    for line in lines:
        ended[line.quotes] = ended[line.quotes] or _GREETING.match(line.text) is not None
        if not ended[line.quotes] and _names_people(line):
            named.append(line)
    quoted = any(line.quotes for line in named)
    return [line for line in named if line.quotes or not quoted or line.addresses > 1 or _is_marked(line)]


def _names_people(line: _Line) -> bool:
    """Return whether a line is a list of people: several addresses, one behind a name, or one alone."""
    if _FROM.match(line.text) or line.text.endswith(":"):
        return False
    is_alone = "@" in line.text and " " not in line.text
    return line.addresses > 1 or _ADDRESS.search(line.text) is not None or is_alone or (
        line.addresses > 0 and _TO.match(line.text) is not None
    )


def _parted(line: str) -> list[str]:
    """Return the parts between semicolons, and behind an address also between commas; what stands in quotation marks
    stays together, and so does a surname with a comma behind it."""
    parts = [""]
    for token in _TOKENS.findall(line):
        if token == ";" or (token == "," and "@" in parts[-1]):
            parts.append("")
        elif token == ">" and "<" in parts[-1]:
            parts[-1] += token
            parts.append("")
        else:
            parts[-1] += token
    return [part.strip(" ,") for part in parts if part.strip(" ,")]


def _named(person: str) -> list[str]:
    """Return the name of a person beside the address."""
    name, sign, rest = person.rpartition("<")
    return [name.strip(' "'), rest.rstrip("> ")] if sign else ["", rest]


def _asks(left_out: Sequence[_Line]) -> list[Ask]:
    """Return the question about the lines that are left out; none when there are none."""
    shown = tuple(line.text[:LONGEST_SHOWN] for line in left_out[:MOST_SHOWN])
    rows = tuple(line.number for line in left_out)
    return [Ask("file.lines_left_out", rows=rows, examples=shown, count=len(rows))] if left_out else []
