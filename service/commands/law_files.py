"""Files with what is known of a breach, for the law's questions, in YAML or JSON."""

import json
from pathlib import Path
from typing import Any

import yaml

WRITTEN_BARE = {True: "yes", False: "no"}  # YAML reads an unquoted yes or no as true or false.


class Unreadable(ValueError):
    """The file is not one mapping of facts in YAML or JSON."""


def read_facts(file: Path) -> dict[str, Any]:
    """Return the facts in a file, at its top or under `facts`. Raises Unreadable for any other file."""
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
