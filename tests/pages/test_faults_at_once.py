"""A form that records a submission to the AP tells all its faults at once, by several people and alone."""

import re
from collections.abc import Callable

from flask import Flask

from tenants.history.entries import Actor
from tests.pages.conftest import Reader, typed_assessment
from tests.pages.worlds import WHY, Controller, OneOwner


def test_all_faults_of_a_submission_are_told_at_once(reader: Callable[[Actor], Reader], app: Flask) -> None:
    wrong, bakery = {"submitted_at": "2020-01-01T10:00", "authority_number": "9" * 101}, Controller(reader)
    bakery.do(bakery.olga, "assess", **typed_assessment())
    bakery.do(bakery.olga, "draft", decision="notify", reason="Er is een risico")
    bakery.do(bakery.adam, "approve", agrees="true")
    alone = OneOwner(reader)
    for who, page, at in ((bakery.hugo, bakery.page, "steps/submit"), (alone.wim, alone.page, "alone")):
        form = wrong | {"alone_reason": WHY}
        answer = who.send(f"{page}/{at}", form, seen=page)
        assert answer.status_code == 422
        assert {"submitted_at", "authority_number"} <= set(re.findall(r'href="#f-(\w+)"', answer.text)), at
