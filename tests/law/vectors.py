"""The published facts and worked cases beside these tests, read once."""

from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"


def read(name: str) -> Any:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


DEADLINES = read("deadlines")
EDPB_CASES = read("edpb_cases")
ENISA = read("enisa")
