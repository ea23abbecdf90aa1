"""A template reads only what was passed to it: a name that nobody passes is a fault, and no blank."""

from collections.abc import Callable

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError

from tests.factories import Office
from tests.pages.conftest import Reader


@pytest.mark.parametrize("read", ["nobody_passed", "g.is_office", "{}.missing", "here.missing"])
@pytest.mark.parametrize("how", ["{{{{ {} }}}}", "{{% if {} %}}x{{% endif %}}", "{{% for x in {} %}}{{% endfor %}}"])
def test_a_name_that_nobody_passes_is_a_fault(app: Flask, read: str, how: str) -> None:
    with app.test_request_context(), pytest.raises(UndefinedError):
        render_template_string(how.format(read))


def test_a_template_may_ask_whether_a_name_was_passed(app: Flask) -> None:
    with app.test_request_context():
        assert render_template_string("{{ caller is defined }} {{ caller|default('none') }}") == "False none"


def test_an_office_that_waits_for_nothing_is_offered_an_incident(
    reader: Callable[..., Reader], office: Office, path: Callable[..., str]
) -> None:
    page = reader(office.officer).see(path())
    assert "Er wacht niets op u" in page
    assert "Incident vastleggen" in page and f'href="{path("/incidents/new")}"' in page
    assert "/breaches/new" not in page
