"""Two answers stand side by side in words, also one that is none of the choices."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from service.web.forms import Form
from service.web.merged_judgements import questions_of_step


@pytest.mark.parametrize("step", ["assess", "draft"])
def test_an_answer_that_is_no_choice_is_shown_as_it_is(app: Flask, step: str) -> None:
    with app.test_request_context():
        questions = questions_of_step("ap_notification", step, Form.beginning_with({}))
        names = ("risk", "people_exception", "decision", "authority_severity", "edpb_severity")
        for question in questions:
            question.words(MultiDict((name, "onzin") for name in names))
    assert questions
