"""The published facts and worked cases beside these tests, read once."""

from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"


LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, and quick where libyaml came along


def read(name: str) -> Any:
    """One of the files, as YAML reads it."""
    return yaml.load((DATA / f"{name}.yaml").read_text(encoding="utf-8"), LOADER)


DEADLINES = read("deadlines")
EDPB_CASES = read("edpb_cases")
ENISA = read("enisa")
AP_FORM = read("ap_form")
