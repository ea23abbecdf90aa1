"""The law's commands as processes of their own: they load the law, and no routes, database or anybody's mail."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASKED = """if True:
    import json, sys
    before = set(sys.modules)
    from service.cli import main
    status = main(["law", *sys.argv[1:]])
    print(json.dumps(sorted({name.split(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)))
    sys.exit(status)"""
OWN, HOLIDAYS, YAML = {"service", "workflows"}, {"holidays", "dateutil", "six"}, {"yaml", "cython_runtime"}
"""What a command may load beside the standard library, by top-level name: each library more makes it slower."""
PARTS = "--dpc 3 --ei 0.75 --confidentiality 0.5 --integrity 0 --availability 0.25"
CASE = "data: [name, bsn]\nprotection: none\nrecipients: unknown\n"


@pytest.mark.parametrize(
    ("words", "keys", "loads"),
    [
        (
            "due --aware-at 2026-11-13T17:40:00+01:00",
            {"alarm_at", "due_at", "counted_from", "working_days_touched", "working_days_full", "terms"},
            OWN | HOLIDAYS,
        ),
        (f"severity {PARTS}", {"score", "band", "flags"}, OWN),
        ("advise FACTS", {"document", "notify_authority", "notify_people", "reasons", "would_change"},
         OWN | HOLIDAYS | YAML),
        ("form --breach FACTS", {"chapters"}, OWN | YAML),
    ],
    ids=["due", "severity", "advise", "form"],
)  # fmt: skip
def test_the_law_answers_alone(words: str, keys: set[str], loads: set[str], tmp_path: Path) -> None:
    (tmp_path / "FACTS").write_text(CASE, "utf-8")
    arguments = [str(tmp_path / word) if word == "FACTS" else word for word in words.split()]
    command = [sys.executable, "-c", ASKED, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    *_, answer, loaded = ended.stdout.splitlines()
    modules = set(json.loads(answer))
    assert modules == keys or (words.startswith("form") and keys <= modules)
    assert {name for name in json.loads(loaded) if not name.startswith("_")} <= loads  # "_": parts of Python's own
