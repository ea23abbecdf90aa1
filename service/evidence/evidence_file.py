"""The evidence of one breach as a file to take away."""

import tempfile
from uuid import UUID

from flask import Response

from service.admission.access import actor
from service.downloads.files import IN_MEMORY, sent
from service.evidence.archive import write_evidence


def evidence_zip(breach_id: UUID) -> Response:
    """Write the evidence of one breach, which can be checked without this service."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    reference = write_evidence(breach_id, actor(), file)
    return sent(file, f"bewijs-{reference}.zip", "application/zip")
