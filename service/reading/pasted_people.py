"""People of a text that was copied from a mail: its recipients, or a mail in which they are named between other lines.

The other lines are left out, among them what the sender writes of itself, and a person is told which lines these are.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.reading.fields import Fields
from service.reading.lines_of_mail import greets, is_name, without_bullet
from service.reading.outcome import Ask, Wrong
from service.reading.tables import Chunk
from service.reading.texts import HEAD, Text
from service.reading.values.address import address_in

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
_FROM = re.compile(r"(?:van|from|afzender|sender|beantwoorden|reply-to)\s{0,3}:\s{0,9}", re.IGNORECASE)
_ADDRESS = re.compile(r"<[^<>\s]*@[^<>\s]*>")
_ALONE = re.compile(r"[^\s<>;,|\"@]+@[^\s<>;,|\"@]+")
_CELL_ENDS = re.compile(r"[;\t|]")
_CELLS = re.compile(r"[;\t,|]")
_TOKENS = re.compile(r'"[^"]*"|[^";,>]+|[";,>]')
_AROUND = " \t,;:-\"'()"
"""Signs that stand between a name and an address, and around them."""


@dataclass(frozen=True)
class _Line:
    """A line by its number, without the marks before it, how many of these say that it was quoted, and whether one says
    that it is of a list."""

    number: int
    text: str
    quotes: int
    is_of_list: bool = False

    @property
    def addresses(self) -> int:
        return len(_ADDRESS.findall(self.text)) or self.text.count("@")


def people_in_mail(text: Text, fields: Fields, reads_all: bool = False) -> tuple[list[Chunk], list[Ask]] | None:
    """Return a row for each person of a text that was copied from a mail, the name beside the address, and the question
    about the lines that are left out; None when the text is no such mail, as a table is none. `reads_all`: a person
    said that the lines that are left out belong to the list.

    A row has the number of its line. Where a line names several people, the rows are numbered as these are, and the
    question names no rows: there would be two ways to count in one answer.
    """
    lines = _lines(text) if text.length <= LONGEST else []
    if not lines or len(lines) > MOST_LINES or not _is_of_mail(lines, fields) or _is_table(lines, fields):
        return None
    named = [line for line in lines if _may_name(line)] if reads_all else _lines_of_people(lines)
    people = [(line.number, [_named(part) for part in _parted(_bare(line.text))]) for line in named]
    left_out = [line for line in lines if line not in named]
    if all(len(of_line) == 1 for _, of_line in people):
        return people, _asks(left_out, [line.number for line in left_out])
    return [(1, [person for _, of_line in people for person in of_line])], _asks(left_out, [])


def _lines(text: Text) -> list[_Line]:
    """Return the lines that say something."""
    lines = list[_Line]()
    for number, line in enumerate(text.head.splitlines(), 1):
        marks = _QUOTED.match(line.strip())
        written = line.strip()[marks.end() if marks else 0 :].strip()
        said = without_bullet(written)
        if said:
            lines.append(_Line(number, said, marks[0].count(">") if marks else 0, said != written))
    return lines


def _bare(text: str) -> str:
    """Return a line without what a mail program writes before those to whom it goes, or from whom it comes."""
    return _FROM.sub("", _TO.sub("", text, count=1), count=1)


def _is_of_mail(lines: Sequence[_Line], fields: Fields) -> bool:
    """Return whether recipients, quoted lines, several people on a line, or a greeting below people say that lines come
    from a mail; or all of a few lines have several addresses; or each line is somebody with or without an address."""
    few = len(lines) <= MOST_BARE_LINES
    if any(_ADDRESS.search(line.text) for line in lines) and any(_ends(line) for line in lines):
        return True
    if any(len(_ADDRESS.findall(line.text)) > 1 or (line.addresses and _is_marked(line)) for line in lines):
        return True
    if few and all(line.text.count("@") > 1 for line in lines):
        return True
    return _are_all_people(lines) and not fields.is_heading(lines[0].text)


def _are_all_people(lines: Sequence[_Line]) -> bool:
    """Return whether each line is a name, an address, or a name with an address in brackets behind it, and together
    they are more than a column of addresses, or of names; or they are a list of these."""
    kinds = [
        "address" if _ALONE.fullmatch(line.text)
        else "both" if line.text.endswith(">") and _ADDRESS.search(line.text)
        else "name" if _is_name(line, lines) else ""
        for line in lines
    ]  # fmt: skip
    if "" in kinds or "both" in kinds or all(line.is_of_list for line in lines):
        return "" not in kinds
    return len(set(kinds)) > 1 and kinds[0] != "name"  # a name above a column of addresses may be its heading


def _is_name(line: _Line, lines: Sequence[_Line]) -> bool:
    """Return whether a line is the name of somebody and nothing else. One word above all others may be a title."""
    return is_name(line.text) and (line != lines[0] or " " in line.text or line.is_of_list)


def _is_marked(line: _Line) -> bool:
    return line.quotes > 0 or _TO.match(line.text) is not None


def _ends(line: _Line) -> bool:
    """Return whether a line begins the end of a mail. One with an address may be somebody who is called Groet."""
    return greets(line.text, may_be_name="@" not in line.text)


def _is_table(lines: Sequence[_Line], fields: Fields) -> bool:
    """Return whether lines are rows of a table: they have headings, or each address has a cell of its own behind one
    of a name."""
    of_people = [line.text for line in lines if _ADDRESS.search(line.text)]
    return _has_headings(lines, fields) or (bool(of_people) and all(map(_has_cell_of_address, of_people)))


def _has_cell_of_address(text: str) -> bool:
    cells = [cell.strip(' "') for cell in _CELL_ENDS.split(text)]
    return any(before and "@" not in before and cell.startswith("<") for before, cell in pairwise(cells))


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
    were quoted a line with one address beside them does not either. A name alone is somebody where the line before or
    behind it is."""
    open_lines, ended = list[_Line](), defaultdict[int, bool](bool)
    for at, line in enumerate(lines):
        ended[line.quotes] = ended[line.quotes] or (_ends(line) and _is_last_greeting(line, lines[at + 1 :]))
        if not ended[line.quotes]:
            open_lines.append(line)
    addressed = [line for line in open_lines if _names_people(line)]
    quoted = any(line.quotes for line in addressed)
    named = {
        line.number for line in addressed if line.quotes or not quoted or line.addresses > 1 or _is_marked(line)
    }  # fmt: skip
    for line in (*open_lines, *reversed(open_lines)):
        if _is_name(line, lines) and not named.isdisjoint((line.number - 1, line.number + 1)):
            named.add(line.number)
    return [line for line in open_lines if line.number in named]


def _is_last_greeting(line: _Line, below: Sequence[_Line]) -> bool:
    """Return whether only what its sender says of itself stands below a greeting. Where several people follow, a line
    such as "Groet, Jan" is the name of one."""
    if greets(line.text, may_be_name=False):
        return True
    of_people = {_ADDRESS.findall(other.text)[-1] for other in below if _ADDRESS.search(other.text)}
    return len(of_people) < 2


def _names_people(line: _Line) -> bool:
    """Return whether a line is a list of people: several addresses, one behind a name, or one alone."""
    if _FROM.match(line.text) or line.text.endswith(":"):
        return False
    if line.addresses > 1 or _ADDRESS.search(line.text) or _ALONE.fullmatch(line.text):
        return True
    return line.addresses > 0 and (_TO.match(line.text) is not None or is_name(_named(line.text)[0]))


def _may_name(line: _Line) -> bool:
    """Return whether a line names people where a person says that each line may: it has an address, or is no greeting
    and no begin of a sentence."""
    return "@" in line.text or not (line.text.endswith((":", ",", "?", "!")) or greets(line.text, may_be_name=False))


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
    """Return the name of a person beside the address, "" for somebody without one."""
    name, sign, rest = person.rpartition("<")
    if sign:
        return [name.strip(' ",'), rest.rstrip("> ")]
    if "@" not in person:
        return ["", person] if _is_meant_as_address(person) else [person.strip(_AROUND), ""]
    words = person.split()
    at = next(place for place, word in enumerate(words) if "@" in word)
    return [" ".join(words[:at]).strip(_AROUND), " ".join(words[at:])]


def _is_meant_as_address(text: str) -> bool:
    """Return whether a text without the sign @ is an address all the same, such as "jan (at) a.example"."""
    address = address_in(text)
    return isinstance(address, Wrong) and bool(address.proposal)


def _asks(left_out: Sequence[_Line], rows: Sequence[int]) -> list[Ask]:
    """Return the question about the lines that are left out; none when there are none. `rows`: their numbers."""
    shown = tuple(line.text[:LONGEST_SHOWN] for line in left_out[:MOST_SHOWN])
    return [Ask("file.lines_left_out", rows=tuple(rows), examples=shown, count=len(left_out))] if left_out else []
