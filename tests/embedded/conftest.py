"""One pair of real servers for all of these tests; each test leaves it running and mended."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.embedded.servers import Embedded


@pytest.fixture(scope="package")
def servers() -> Iterator[Embedded]:
    """Started once; what they hold survives whatever a test does to their processes."""
    folder = Path(tempfile.mkdtemp(prefix="meldketen-"))
    embedded = Embedded(folder, durable=False, outlives=False)
    try:
        embedded.start()
        yield embedded
    finally:
        embedded.stop()
        shutil.rmtree(folder)
