"""The law's commands as processes of their own: quick, and without the doors, a database or anybody's mail."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOORS = ("flask", "sqlalchemy", "sendgrid")
ASKED = f"""if True:
    import sys
    from service.cli import main
    status = main(["law", *sys.argv[1:]])
    sys.exit(status or bool({{*{DOORS}}} & set(sys.modules)))"""
PARTS = "--dpc 3 --ei 0.75 --confidentiality 0.5 --integrity 0 --availability 0.25"
CASE = "data: [name, bsn]\nprotection: none\nrecipients: unknown\n"


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (
            "due --aware-at 2026-11-13T17:40:00+01:00",
            {"alarm_at", "due_at", "counted_from", "working_days_touched", "working_days_full", "terms"},
        ),
        (f"severity {PARTS}", {"score", "band", "flags"}),
        ("advise FACTS", {"document", "notify_authority", "notify_people", "reasons", "would_change"}),
        ("form --breach FACTS", {"chapters"}),
    ],
    ids=["due", "severity", "advise", "form"],
)
def test_the_law_answers_alone_and_well_under_a_second(words: str, keys: set[str], tmp_path: Path) -> None:
    (tmp_path / "FACTS").write_text(CASE, "utf-8")
    given = [str(tmp_path / word) if word == "FACTS" else word for word in words.split()]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", ASKED, *given]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (ended.returncode, ended.stderr) == (0, "")
    found = set(json.loads(ended.stdout.splitlines()[-1]))
    assert found == keys or (words.startswith("form") and keys <= found)
    # The processor's time, so that a busy machine fails nobody.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1
