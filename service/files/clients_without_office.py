"""Clients of a file by the rules that registering them has, as far as these ask nothing of an office's own clients.

What a new client needs may lack of a client that the office has: that is asked about. All else is a fault.
"""

from collections.abc import Iterator
from datetime import datetime

from service.reading.outcome import Item, about_rows
from service.reading.reader import Reading
from service.schemas.clients_from_file import ForAll, new_clients
from tenants.agreements.processing_agreements import SERVICES
from workflows.law.periods import AMSTERDAM

LACKS = {"file.kvk_number_missing": "file.lacks_kvk_number", "contact.none": "file.lacks_contact"}
"""By fault of a new client: the question about the rows that have it."""


def clients_without_office(reading: Reading, now: datetime) -> Iterator[Item]:
    """Return the clients that an office could register, or has. The faults of the others, and the questions, come to
    the reading, whose `fits` counts the clients that are returned. To be called once, in place of `reading.items`."""
    headings = {name: reading.columns.heading(places[0]) for name, places in reading.columns.places.items()}
    for_all = ForAll(dict.fromkeys(SERVICES, "processor"), now.astimezone(AMSTERDAM).date(), "-")
    lacking: dict[str, list[int]] = {ask: [] for ask in LACKS.values()}
    for item in reading.items():
        refused = new_clients([(item.row, item.values)], for_all, headings).faults
        faults = [fault for fault in refused if fault.key not in LACKS]
        if faults:
            reading.fits -= 1
            reading.faults += faults
            continue
        for fault in refused:
            lacking[LACKS[fault.key]].append(fault.row)
        yield item
    reading.faults.sort(key=lambda fault: fault.row)
    reading.asks += [ask for key, rows in lacking.items() for ask in about_rows(key, rows)]
