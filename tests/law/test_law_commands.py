"""`meldketen law due|severity|advise`: JSON on the last line, what is wrong in one line, and no database on the way."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.cli import main

from .vectors import EDPB_CASES

FRIDAY = "2026-11-13T17:40:00+01:00"
PARTS = ["--dpc", "3", "--ei", "0.75", "--confidentiality", "0.5", "--integrity", "0", "--availability", "0.25"]


@pytest.fixture
def facts_file(tmp_path: Path) -> Path:
    return tmp_path / "facts.yaml"


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["law", *words]) == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return printed


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    try:
        status = main(["law", *words])
    except SystemExit as ended:
        status = int(ended.code or 0)
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert (status, said.out) == (2, "")
    return line


def test_due_gives_both_moments(capsys: pytest.CaptureFixture[str]) -> None:
    due = answer(capsys, "due", "--aware-at", FRIDAY)
    terms = due.pop("terms")
    assert due == {
        "alarm_at": "2026-11-16T17:40:00+01:00",
        "due_at": "2026-11-16T18:00:00+01:00",
        "counted_from": "2026-11-13T18:00:00+01:00",
        "working_days_touched": 2,
        "working_days_full": 0,
    }
    assert (terms["name"], terms["in_force_from"], terms["hours"]) == ("33(1)/2018-05-25", "2018-05-25", 72)
    assert terms["two_working_days"]["lenient_full"] == "2026-11-18T00:00:00+01:00"


def test_due_counts_contract_hours_and_other_hours(capsys: pytest.CaptureFixture[str]) -> None:
    agreed = answer(capsys, "due", "--aware-at", FRIDAY, "--contract", "--hours", "96")
    assert agreed["alarm_at"] == agreed["due_at"] == "2026-11-17T17:40:00+01:00"
    target = answer(capsys, "due", "--aware-at", FRIDAY, "--contract")["terms"]
    assert (target["hours"], target["agreed"]) == (24, False)
    strict = answer(capsys, "due", "--aware-at", FRIDAY, "--hours", "96")
    assert (strict["due_at"], strict["terms"]["hours_given"]) == ("2026-11-17T18:00:00+01:00", True)


def test_due_reads_local_times_in_the_zone(capsys: pytest.CaptureFixture[str]) -> None:
    second = answer(capsys, "due", "--aware-at", "2026-10-25T02:30", "--fold", "1")
    assert second["alarm_at"] == "2026-10-28T02:30:00+01:00"
    elsewhere = answer(capsys, "due", "--aware-at", "2026-11-10 12:17", "--zone", "Asia/Kolkata")
    assert elsewhere["counted_from"] == "2026-11-10T13:00:00+05:30"


@pytest.mark.parametrize(
    ("words", "names"),
    [
        *[("due", "--aware-at"), ("due --aware-at 2026-03-29T02:30", "does not exist"), ("what", "what")],
        *[("due --aware-at 2026-10-25T02:30", "fold"), (f"due --aware-at {FRIDAY} --zone Mars/X", "Mars/X")],
        *[(f"due --aware-at {FRIDAY} --hours 0", "0"), (f"due --aware-at {FRIDAY} --hours many", "--hours")],
        *[("due --aware-at 2018-05-24T12:00", "2018-05-24"), ("due --aware-at 9999-12-31T12:00", "years")],
        *[(f"due --aware-at {FRIDAY} --colour red", "--colour"), (f"due --aware-at {FRIDAY} --hours 10001", "10000")],
        *[(f"due --aware-at {FRIDAY} --holidays no-such", "no-such"), ("advise no-such", "no-such")],
        *[("severity --dpc 3", "--ei"), (" ".join(["severity", *PARTS, "--ei", "0.3"]), "0.3")],
        *[(" ".join(["severity", *PARTS, "--dpc", "5"]), "5"), (" ".join(["severity", *PARTS, "--people=-1"]), "-1")],
    ],
)
def test_what_is_wrong_is_one_line(words: str, names: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert names in refusal(capsys, *words.split())


def test_severity_gives_score_band_and_flags(capsys: pytest.CaptureFixture[str]) -> None:
    estimate = answer(capsys, "severity", *PARTS, "--malicious", "--people", "120", "--unintelligible")
    assert estimate == {"score": 3.5, "band": "high", "flags": ["many", "unintelligible"]}


def test_advise_gives_duties_with_reasons_to_read(capsys: pytest.CaptureFixture[str], facts_file: Path) -> None:
    case = next(case for case in EDPB_CASES["cases"] if case["id"] == "11")
    facts_file.write_text(yaml.safe_dump(case["facts"]), "utf-8")
    advice = answer(capsys, "advise", str(facts_file))
    assert list(advice) == ["document", "notify_authority", "notify_people", "reasons", "would_change"]
    assert [advice[duty] for duty in case["expected"]] == ["yes", "yes", "yes"]
    assert all(set(why) == {"duty", "article", "facts", "text"} and " " in why["text"] for why in advice["reasons"])
    in_english = answer(capsys, "advise", str(facts_file), "--lang", "en")
    assert in_english["reasons"][0]["text"].startswith("Record this breach")


def test_advise_shows_what_a_proposal_would_change(capsys: pytest.CaptureFixture[str], facts_file: Path) -> None:
    case = next(case for case in EDPB_CASES["cases"] if case["id"] == "02")
    facts_file.write_text(yaml.safe_dump(case["facts"]), "utf-8")
    advice = answer(capsys, "advise", str(facts_file), "--terms", "draft")
    (draft,) = advice["draft"]
    assert advice["notify_authority"] == "yes"
    assert draft["duties"] == [{"duty": "notify_authority", "from": "yes", "to": "no"}]
    assert (draft["terms"]["hours"], draft["decides"]) == ({"from": 72, "to": 96}, False)


def test_a_bare_yes_or_no_for_taken_is_what_it_says(capsys: pytest.CaptureFixture[str], facts_file: Path) -> None:
    facts_file.write_text("taken: no\nrecipients: nobody\nnature: [confidentiality]\n", "utf-8")
    assert answer(capsys, "advise", str(facts_file))["notify_authority"] == "no"


@pytest.mark.parametrize(
    "text",
    ["colour: red", "data: [gold]", "- name", "data: [", "people_min: 9\npeople_max: 3", "? [a]\n: b", "1: 2", ""],
)
def test_facts_outside_the_vocabulary_are_one_line(
    text: str, capsys: pytest.CaptureFixture[str], facts_file: Path
) -> None:
    facts_file.write_text(text, "utf-8")
    assert refusal(capsys, "advise", str(facts_file)).startswith("meldketen law advise: ")
