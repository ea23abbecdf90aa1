"""`meldketen law form`: chapters, answers and gaps as JSON on the last line; a wrong file is one line and status 2."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from service.commands import law_form
from workflows.law.ap_form.model import the_form

BREACH = """
description: Een back-up is kwijt.
found_at: 2026-11-12T09:00:00+01:00
happened_from: 2026-11-10
facts: {data: [name, payroll], protection: unknown}
processor_name: De Wit
draft: {answers: {record_count: {state: unknown}, people_informed: no, ongoing: no}}
"""


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    law_form.add_arguments(parser)
    return law_form.run(parser.parse_args(words))


def written(folder: Path, text: str, name: str = "breach.yaml") -> str:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return str(file)


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def questions(form: Any) -> dict[str, Any]:
    return {question["id"]: question for chapter in form["chapters"] for question in chapter["questions"]}


def test_the_empty_form_has_every_chapter_and_question(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    form = printed(capsys)
    assert [chapter["nr"] for chapter in form["chapters"]] == list(range(1, 11))
    hidden = {question["id"] for chapter in form["chapters"] for question in chapter["hidden"]}
    assert {*questions(form), *hidden} == {question.id for question in the_form().questions}
    assert not set(questions(form)) & hidden
    assert sum(form["sums"].values()) == form["shown"] == len(questions(form))
    assert "niet worden verkregen" in form["source"]


def test_a_breach_is_answered_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, BREACH)
    assert run("--breach", file) == 0
    dutch = questions(printed(capsys))
    assert run("--breach", file, "--lang", "en") == 0
    english = questions(printed(capsys))
    assert (dutch["data_general"]["label"], english["data_general"]["label"]) == (
        "Gewone persoonsgegevens", "Ordinary personal data",
    )  # fmt: skip
    assert dutch["data_general"]["value_label"] == ["naam", "anders, namelijk: loongegevens"]
    assert english["data_general"]["texts"] == {"other": "payroll data"}
    assert (dutch["ongoing"]["value_label"], english["ongoing"]["value_label"]) == ("nee", "no")
    assert english["other_organisations"]["value_label"] == ["De Wit (processor)"]
    assert dutch["record_count_explanation"]["value"] == english["record_count_explanation"]["value"]
    assert (dutch["record_count"]["state"], dutch["record_count"]["value"]) == ("unknown", 1)
    assert (dutch["discovered_at"]["value"], dutch["started_at"]["value"]) == (
        "2026-11-12T09:00:00+01:00",
        "2026-11-10",
    )
    assert (dutch["people_informed"]["value"], dutch["protection"]["state_label"]) == ("no", "onbekend")


def test_the_form_shows_what_no_source_says(capsys: pytest.CaptureFixture[str]) -> None:
    run("--lang", "en")
    asked = questions(printed(capsys))
    assert (asked["completeness"]["q"], asked["completeness"]["number_known"]) == (None, False)
    assert asked["sector"]["note"] is None and "The AP has a list" in asked["sector"]["doubt"]
    assert asked["sector"]["required_label"] == "whether this is required is not known"
    assert asked["reporter_name"]["blocks"] == ["preliminary", "complete"]


@pytest.mark.parametrize("text", ["taken: yes", "facts: {taken: yes}", "taken: 'yes'"])
def test_what_advise_reads_is_read_here_too(text: str, tmp_path: Path) -> None:
    assert run("--breach", written(tmp_path, text)) == 0


def test_json_is_read_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--breach", written(tmp_path, '{"description":\t"x"}', "breach.json")) == 0
    assert questions(printed(capsys))["summary"]["value"] == "x"


@pytest.mark.parametrize(
    "text",
    [
        *["colour: red", "facts: {colour: red}", "- a list", "", "a: [", "a: &a [*a, \x00]", "[" * 500],
        *["found_at: soon", "found_at: 2026-03-29T02:30", "became_aware_at: 2017-01-01T09:00:00+01:00"],
        *["became_aware_at: '9999-12-31T23:30:00+00:00'", "draft: {answers: {severity: high}}", "1: 2"],
    ],
)
def test_a_wrong_file_is_one_line_and_status_2(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--breach", written(tmp_path, text)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("meldketen law form: ") and err.count("\n") == 1


def test_a_file_that_is_not_there_or_not_text_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for file in (tmp_path / "none.yaml", tmp_path, tmp_path / "bytes"):
        assert run("--breach", str(file)) == 2
        assert capsys.readouterr().err.count("\n") == 1
