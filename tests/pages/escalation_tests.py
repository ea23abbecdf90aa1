"""An office sends itself a test, by its pages."""

from collections.abc import Callable
from typing import Any

from werkzeug.test import TestResponse

from tenants.history.entries import Actor
from tests.factories import Office, sendgrid_tells
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import Fields, local, send_fields, untouched_form
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain

MOMENTS = ("found_at", "became_aware_at")
Login = Callable[[Actor], Reader]


def begin(there: Reader, office: Office) -> str:
    """Press the button, and return where it leads."""
    at = f"/o/{slug_of(office.id)}"
    answer = there.send(f"{at}/test", {}, seen=f"{at}/incidents")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


def checked(there: Reader, form: str, **more: Any) -> TestResponse:
    """Fill in what the form does not know by itself, and go on to the check page."""
    path, page = form.partition("?")[0], there.see(form)
    typed = {name: value for name, value in untouched_form(page).items() if not name.startswith(MOMENTS)}
    assert "Dit is een proef. Er is niets gebeurd." in page
    known = dict.fromkeys(MOMENTS, local(2)) | {"description": "Dit is een proef."}
    return there.send(path, typed | known | more, seen=form)


def sent(there: Reader, form: str) -> str:
    """Look at the check page, and send what is on it; returns that page."""
    path, check = form.partition("?")[0], checked(there, form)
    assert 'name="checked"' in check.text, check.text
    done = send_fields(there, path, Fields(check.text).forms[path], send="1")
    assert done.status_code == 303, done.text
    return check.text


def work_on(office: Office, outbox: Outbox) -> None:
    while drain(str(office.id)):
        pass
    sendgrid_tells(outbox.mails)
    while drain(str(office.id)):
        pass
