"""What a planted callback would call, if a worker let it."""

from pathlib import Path
from typing import Any


def called(job: Any, *rest: Any) -> None:
    """Leave a witness where the planter wants it."""
    Path(job.meta["witness"]).touch()
