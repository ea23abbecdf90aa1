"""Bench of reading files: 100,000 rows as a membership program exports them, beside the bare parser of the same file.

Processor time of this process and of those that it started is counted, so a workbook's own process counts too.
"""

import csv
import io
import resource
from collections.abc import Callable, Iterator

import xlsxwriter
from python_calamine import CalamineWorkbook

from service.reading.reader import reading_of
from service.story.client import TrialFailed
from tests.trials.bench.bench_env import BenchEnv
from tests.trials.bench.statistics import Figure, at_most, compared

MOST_TIMES = 3.0
HEADINGS = (
    "Lidnr.", "Achternaam", "Tussenv.", "Voornaam", "E-mail", "Geb.datum", "Straat", "Postcode", "Plaats", "Telefoon",
    "Lidsoort", "Lid sinds", "IBAN", "Team", "Opmerking",
)  # fmt: skip
"""Fifteen columns, of which four are used: the fewest that such exports have."""
LONG = "van den Hoogenband-Bruinsma tot Nieuwerkerk aan den IJssel"


def measure(bench_env: BenchEnv) -> list[Figure]:
    """Measure reading as CSV and as XLSX."""
    many = bench_env.size(100_000, 2_000)
    as_csv, as_xlsx = _csv(many), _xlsx(many)
    return [
        _figure("read csv", bench_env, many, as_csv, lambda: _bare_csv(as_csv)),
        _figure("read xlsx", bench_env, many, as_xlsx, lambda: _bare_xlsx(as_xlsx)),
    ]


def _figure(name: str, bench_env: BenchEnv, many: int, content: bytes, bare: Callable[[], int]) -> Figure:
    ours, theirs = list[float](), list[float]()
    for _ in range(bench_env.rounds):
        theirs.append(_cpu_s(bare, many + 1))
        ours.append(_cpu_s(lambda: _ours(content), many))
    return compared(f"{name}, {many:,} people, CPU", "s", "the bare parser", ours, theirs, at_most(MOST_TIMES))


def _cpu_s(read: Callable[[], int], expected: int) -> float:
    before = _used_s()
    if read() != expected:
        raise TrialFailed("reading: not every row was read")
    return _used_s() - before


def _used_s() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _ours(content: bytes) -> int:
    return sum(map(len, reading_of(content, "recipients").batches()))


def _bare_csv(content: bytes) -> int:
    return sum(1 for _ in csv.reader(io.StringIO(content.decode(), newline=""), delimiter=";"))


def _bare_xlsx(content: bytes) -> int:
    return sum(1 for _ in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).iter_rows())


def _members(many: int) -> Iterator[tuple[str, ...]]:
    """Return members with names of about sixty letters."""
    for n in range(many):
        yield (
            f"{n:06}", f"{LONG} {n % 977}", "", f"Renate {n}", f"lid{n}@voorbeeld{n % 500}.example", "7-2-1984",
            f"Dorpsstraat {n % 300}", "1234 AB", "Waterdorp", "010 123 45 67", "senior", "1-9-2009",
            "NL00TEST0000000034", "Senioren 3", "",
        )  # fmt: skip


def _csv(many: int) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=";").writerows([HEADINGS, *_members(many)])
    return file.getvalue().encode()


def _xlsx(many: int) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for row, cells in enumerate([HEADINGS, *_members(many)]):
        sheet.write_row(row, 0, cells)
    book.close()
    return file.getvalue()
