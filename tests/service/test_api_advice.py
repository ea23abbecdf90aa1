"""The advice through the API: on any facts, and on a breach; the words are those of ``meldketen law advise``."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from service.cli import main
from tests import factories
from tests.service.caller import Caller, keys, refused
from workflows.law.advice.questions import questions

FACTS = factories.FACTS["high"] | {"people_min": 5, "people_max": 5}


def test_the_same_as_the_command_says(
    reader: Caller, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(FACTS))
    main(["law", "advise", str(file), "--terms", "draft", "--lang", "en"])
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    answer = reader.post("advice", {"facts": FACTS, "terms": "draft", "lang": "en"})
    assert answer.status_code == 200, answer.text
    assert {name: answer.json[name] for name in said} == said
    assert answer.json["draft"][0]["decides"] is False
    assert answer.json["questions"] == list(questions(FACTS))
    assert "people_min" not in answer.json["open_questions"] and "key_safe" not in answer.json["questions"]


def test_it_is_told_in_the_readers_language_and_stores_nothing(officer: Caller, own_breach: UUID) -> None:
    dutch, english = (officer.post("advice", {"facts": FACTS, "lang": language}).json for language in ("nl", "en"))
    assert "draft" not in dutch
    assert [why["text"] for why in dutch["reasons"]] != [why["text"] for why in english["reasons"]]
    assert officer.get(f"breaches/{own_breach}").json["version"] == 1


def test_what_is_not_known_to_the_law_is_refused(officer: Caller) -> None:
    assert keys(officer.post("advice", {"facts": {"colour": "red"}})) == [("facts.colour", "field.unknown")]
    assert keys(officer.post("advice", {})) == [("facts", "field.required")]
    assert keys(officer.post("advice", {"facts": {}, "terms": "wish"})) == [("terms", "field.not_a_choice")]
    early = officer.post("advice", {"facts": {}, "aware_at": "2018-05-24T10:00"})
    refused(early, 422, "terms.none_in_force")


def test_a_breach_tells_what_to_ask_next(officer: Caller, reader: Caller, own_breach: UUID) -> None:
    path = f"breaches/{own_breach}/advice"
    first = reader.get(path)
    assert (first.status_code, first.json["notify_authority"]) == (200, "undecided")
    assert first.json["facts"] == {"data": ["name"]} and first.json["facts_changed"] is False
    assert set(first.json["open_questions"]) < set(first.json["questions"])
    assert officer.put(f"breaches/{own_breach}/facts", {"facts": FACTS}).status_code == 200
    now = reader.get(f"{path}?lang=nl").json
    assert (now["notify_authority"], now["notify_people"], now["facts"]["people_max"]) == ("yes", "yes", 5)
    assert keys(reader.get(f"{path}?lang=fr")) == [("lang", "field.not_a_choice")]
