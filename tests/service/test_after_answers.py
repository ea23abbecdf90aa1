"""What is left for after an answer: one thing at a time, so much and no more, and a failure stops nothing."""

from threading import Event

import pytest
from flask import Flask, current_app

from service.http.after_answers import NAME, AfterAnswers, after_this_answer
from tenants.errors import Busy
from tests.conftest import until


@pytest.fixture
def bare() -> Flask:
    """An app with room for two."""
    app = Flask("after")
    app.extensions[NAME] = AfterAnswers(app, most=2)
    return app


def test_it_is_done_when_the_answer_was_sent(bare: Flask) -> None:
    done: list[str] = []
    bare.add_url_rule("/", view_func=lambda: after_this_answer(lambda: done.append(current_app.name)) or "answer")
    with bare.test_client() as client:
        answer = client.get("/")
        assert answer.text == "answer" and done == []
        answer.close()
    until(lambda: done)
    assert done == ["after"]


def test_when_too_much_waits_it_is_refused_before_the_answer(bare: Flask) -> None:
    go_on, there = Event(), bare.extensions[NAME]
    there.add(go_on.wait)
    there.add(go_on.wait)
    with bare.test_request_context(), pytest.raises(Busy) as refusal:
        after_this_answer(go_on.wait)
    assert refusal.value.values["seconds"] > 0
    go_on.set()
    until(lambda: not there.is_full)


def test_what_fails_makes_room_for_the_next(bare: Flask, caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []
    there = bare.extensions[NAME]
    there.add(lambda: done.remove("nothing of the kind"))
    there.add(lambda: done.append("next"))
    until(lambda: done)
    assert "left for after an answer failed" in caplog.text
