"""Files with what is known of a breach, for the law's questions: YAML or JSON, read as a person meant it."""

import json
from pathlib import Path
from typing import Any

import yaml

WRITTEN_BARE = {True: "yes", False: "no"}  # YAML reads a bare yes or no as true or false


class Unreadable(ValueError):
    """The file is not one mapping of facts in YAML or JSON."""


def read_facts(file: Path) -> dict[str, Any]:
    """The facts in a file, at its top or under `facts`. Raises Unreadable."""
    try:
        text = file.read_text("utf-8")
        facts = json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise Unreadable(f"cannot read {file}: {error}") from error
    if not isinstance(facts, dict):
        raise Unreadable(f"cannot read {file}: it holds no mapping of facts")
    for mapping in (facts, facts.get("facts")):
        if isinstance(mapping, dict) and isinstance(mapping.get("taken"), bool):
            mapping["taken"] = WRITTEN_BARE[mapping["taken"]]
    return facts
