"""On every page where somebody decides or sends alone: without the version that they looked at nothing is done."""

import re
from collections.abc import Callable

import pytest

from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tenants.register.broken_glass import all_broken_glass
from tests.pages.conftest import Reader
from tests.pages.forms import local
from tests.pages.worlds import WHY, OneOwner
from workflows.notice.bulk_notice import begin_by_choice

SENT = {"submitted_at": local(0), "authority_number": "AP-2026-9"}
ALONE = {
    "/breaches/<uuid:breach_id>/alone/<step>": {"agrees": "true"}, "/breaches/<uuid:breach_id>/alone": SENT,
    "/notices/<uuid:notice_id>/alone/<step>": {"agrees": "true"},
}  # fmt: skip
SAID = [(None, 428), ("", 428), ("x", 412), ("9" * 5000, 412)]


@pytest.fixture
def shop(app: object, reader: Callable[[Actor], Reader]) -> OneOwner:
    """One person, who drafted a notification and began a notice."""
    there = OneOwner(reader)
    with acting_for(there.id):
        there.notice = begin_by_choice(breach(there.breach), there.owner).id  # type: ignore[attr-defined]
    return there


def test_every_page_where_somebody_acts_alone_is_walked(app: object) -> None:
    rules = app.url_map.iter_rules()  # type: ignore[attr-defined]
    views = app.view_functions  # type: ignore[attr-defined]
    doing = {rule.rule for rule in rules if getattr(views[rule.endpoint], "does", "") == "break_glass"}
    assert {rule.removeprefix("/o/<organisation>") for rule in doing if not rule.startswith("/api")} == set(ALONE)


@pytest.mark.parametrize("rule", ALONE)
def test_an_act_alone_is_refused_without_the_version_that_was_seen(shop: OneOwner, rule: str):
    of_breach = rule.startswith("/breaches")
    about = shop.breach if of_breach else shop.notice  # type: ignore[attr-defined]
    address = re.sub("<uuid:[a-z_]+>", str(about), rule).replace("<step>", "approve")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', shop.wim.see(shop.page))[0]
    for said, status in SAID:
        form = {"csrf_token": token, "alone_reason": WHY} | ALONE[rule] | ({} if said is None else {"version": said})
        answer = shop.wim.client.post(f"{shop.base}{address}", data=form)
        assert answer.status_code == status, said
        assert WHY in answer.get_data(as_text=True), "nothing that was typed is lost"
    with acting_for(shop.id):
        assert breach(shop.breach).decided_at is None and all_broken_glass() == []
