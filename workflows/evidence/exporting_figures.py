"""The register in figures as a file that people take away, with the history entry that says who took it."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from workflows.evidence.exporting import ALL

Figure = TypeVar("Figure")

def export_figures(by: Actor, write: Callable[[Figure], None], rows: Iterable[Figure]) -> int:
    """Write these rows of the acting organisation's figures, and record it. Returns how many."""
    count = 0
    for row in rows:
        write(row)
        count += 1
    details = {"rows": count, "filter": ALL}
    record([Entry("organisation", acting_organisation(), "figures.exported", by, details)])
    return count
