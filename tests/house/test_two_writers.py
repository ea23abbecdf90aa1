"""S6: every form that two people may send about one subject, with what becomes of what the other one stored."""

import re
from collections.abc import Iterator

from flask import Flask
from marshmallow import Schema

from service.steps import STEPS
from service.web.forms import Form
from service.web.merged_judgements import questions_of_step
from tests.house.reading import TEMPLATES
from tests.house.two_writers import MERGED_STEPS, MERGES
from workflows.law.vocabulary import COUNTS

VERSION = re.compile(r'name="version"')
SHOWS = {
    "file_columns.html": "The file is read once more; who looked at another reading sees the newest one first.",
    "file_taking.html": "A file is taken once; who looked at another reading sees the newest one first.",
    "client_end.html": "It ends an agreement once; the page says what changed meanwhile.",
    "client_terms.html": "One set of terms, sent whole; the page says what changed meanwhile.",
    "client_name.html": "One name with its number; the page says what changed meanwhile.",
    "facts_changed.html": "It says that somebody looked at what changed, which stands above its button.",
}
"""Refused when somebody else changed the subject; the page shows what they changed, and only then takes it."""
STEP = "form_begins.html"
NOT_ON_THE_PAGE = {
    "answers", "authority_severity", "edpb_severity", "moments_confirmed", "facts.measures_removed_high_risk",
    "facts.disproportionate_effort",
    "people_estimate",  # typed with the number: "ca. 75"
}  # fmt: skip
TYPED_AS = {"severity_answers": "severity_answers.kinds"}
"""Fields of a schema that a page sends in parts, with one of these."""
OTHER_STEPS = {
    ("ap_notification", "approve"): "Decided once.", ("ap_notification", "submit"): "Recorded once.",
    ("bulk_notice", "approve"): "Decided once.", ("bulk_notice", "release"): "Decided once.",
    ("bulk_notice", "recipients"): "One list, sent whole; the page says what changed, and that it replaces a list.",
}


def test_every_form_about_a_subject_says_what_becomes_of_what_another_one_stored() -> None:
    with_version = {file.name for file in TEMPLATES if VERSION.search(file.read_text("utf-8"))}
    assert with_version == {*MERGES, *SHOWS, STEP}


def test_every_such_form_shows_what_changed_meanwhile_and_both_answers() -> None:
    by_name = {file.name: file.read_text("utf-8") for file in TEMPLATES}
    shown = re.compile(r"\bf\.(?:summary|changes|refused)\(")
    assert [name for name in (*MERGES, *SHOWS, STEP) if not shown.search(by_name[name])] == ["facts_changed.html"]
    assert "both_changed.html" in by_name["fields.html"]


def test_every_step_of_a_person_is_brought_together_or_says_why_not(app: Flask) -> None:
    with app.test_request_context():
        steps = {(step.workflow, step.name) for step in STEPS}
        merged = {step for step in steps if questions_of_step(*step, Form.beginning_with({}))}
    assert merged == MERGED_STEPS and steps - merged == set(OTHER_STEPS)


def test_every_field_of_a_step_that_is_brought_together_belongs_to_a_question(app: Flask) -> None:
    """Else what another one stored there would be overwritten unseen."""
    with app.test_request_context():
        for step in (step for step in STEPS if (step.workflow, step.name) in MERGED_STEPS):
            questions = questions_of_step(step.workflow, step.name, Form.beginning_with({}))
            for field in fields_of(step.schema()):
                assert field in NOT_ON_THE_PAGE or any(question.holds(field) for question in questions), field


def fields_of(schema: Schema) -> Iterator[str]:
    """The names of the fields as a page sends them."""
    for name, field in schema.fields.items():
        within = getattr(field, "schema", None)
        for part in within.fields if within else [""]:
            yield part if part in COUNTS else f"{name}.{part}" if part else TYPED_AS.get(name, name)
