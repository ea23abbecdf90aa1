"""The register in figures as a file: a row for each figure, a column for each year of discovery."""

from collections.abc import Iterator
from typing import Any

from flask import Response

from service.admission.access import actor
from service.downloads.tables import Table, download
from service.words.figures import word_of, year_words
from service.words.texts import number, t
from workflows.dossiers.register_figures import TOGETHER, Figure, register_figures
from workflows.evidence.exporting_figures import export_figures


def figures_file(ending: str) -> Response:
    """Write the figures of the register."""
    figures = register_figures()
    columns = (TOGETHER, *figures.years)

    def cells(row: Figure) -> Iterator[object]:
        yield t(f"figures.groups.{row.group}")
        yield word_of(row.group, row.word)
        yield from (_cell(row, column) for column in columns)
        yield row.old.get(TOGETHER)

    of_years = [year_words(column) for column in columns]
    headings = [t("figures.group"), t("figures.figure"), *of_years, t("figures.of_old")]
    table = Table("register-in-cijfers", "figures", headings, cells, plain)
    return download(table, ending, lambda write: export_figures(actor(), write, figures.rows))


def plain(row: Figure) -> dict[str, Any]:
    """Return a row by the names that no language changes, as the API answers it too."""
    years = {year: count for year, count in row.counts.items() if year != TOGETHER}
    old, estimated = row.old.get(TOGETHER), sorted(row.estimates - {TOGETHER})
    return {
        "group": row.group, "word": row.word, "figure": row.filter, "total": row.counts[TOGETHER], "old": old,
        "estimated": estimated, "years": years,
    }  # fmt: skip


def _cell(row: Figure, column: str) -> object:
    """Return a number, or in words that it is about so many people."""
    count = row.counts[column]
    if count is None or column not in row.estimates:
        return count
    return t("labels.people_about", count=number(count))
