"""A controller corrects its own moment of awareness on the page: the newest decides, and each of them stays."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from tenants.history.entries import Actor
from tenants.isolation import acting_for, database_now
from tests.conftest import Database
from tests.pages.conftest import Reader, typed_assessment
from tests.pages.forms import local, shown
from tests.pages.worlds import AwareAsStated
from workflows.notification.own_awareness import state_awareness

CARRIED = ("csrf_token", "form_key", "version")


@pytest.fixture
def there(app: Flask, reader: Callable[[Actor], Reader]) -> AwareAsStated:
    return AwareAsStated(reader)


def test_it_is_corrected_with_a_reason_and_both_stay_in_the_history(there: AwareAsStated) -> None:
    first = {"aware_at": local(2), "reason": "Toen las de directie het"}
    page = there.bram.done(there.at, first)
    assert f'href="{there.at}"' in page and "Klopt uw eigen verklaring niet?" in page
    form = there.bram.see(there.at)
    assert shown(local(2)) in form and ">\nToen las de directie het</textarea>" in form
    assert 'id="stated-before"' in form and 'id="approval-again"' not in form
    refused = there.bram.send(there.at, {"aware_at": local(3), "reason": ""})
    assert refused.status_code == 422 and shown(local(3)) in refused.get_data(as_text=True)
    page = there.bram.done(there.at, {"aware_at": local(3), "reason": "Dat was een andere mail"})
    timeline = page[page.index('class="timeline"') :]
    assert "Reden: Dat was een andere mail" in timeline and "Reden: Toen las de directie het" in timeline
    assert there.breach.own_aware_reason == "Dat was een andere mail"


def test_who_leaves_the_moment_as_it_was_keeps_its_seconds(there: AwareAsStated) -> None:
    with acting_for(there.id):
        exact = database_now() - timedelta(hours=2, seconds=7)
        state_awareness(there.stated.breach, exact, "Door de telefoon", there.stated.by)
    there.bram.done(there.at, {**fields_of(there), "reason": "Door de telefoon, van Kees"})
    assert (there.breach.became_aware_at, there.breach.own_aware_reason) == (exact, "Door de telefoon, van Kees")


def fields_of(there: AwareAsStated) -> dict[str, str]:
    form = there.bram.see(there.at)
    return dict(re.findall(r'name="(aware_at\.\w+)" value="([^"]*)"', form))


def test_after_an_approval_the_page_says_that_it_is_asked_again(there: AwareAsStated) -> None:
    there.approved()
    assert 'id="approval-again"' in there.bram.see(there.at)
    there.bram.done(there.at, {"aware_at": local(3), "reason": "Toen pas"})
    assert "besluit goedkeuren" in there.adam.see(there.page), "the workflow does as the page said"


def test_a_later_moment_waits_for_whoever_approves_and_both_read_so(there: AwareAsStated) -> None:
    page = there.bram.done(there.at, {"aware_at": local(0.5), "reason": "Toen las de directie het"})
    assert "een tweede persoon moet het besluit goedkeuren" in page and 'id="later-waits"' in page
    assert there.breach.own_aware_stated_at is None and there.breach.later_aware_at is not None
    form = there.bram.see(there.at)
    assert shown(local(0.5)) in form and 'id="later-waits"' in form, "to correct, with its reason"
    there.do(there.bram, "assess", **typed_assessment())
    there.do(there.bram, "draft", decision="notify", reason="Er is een risico")
    assert 'id="later-moment"' in there.adam.see(there.page)
    page = there.do(there.adam, "approve", agrees="true")
    assert "Zei ja tegen een later moment" in page and there.breach.own_aware_reason == "Toen las de directie het"
    assert 'id="later-waits"' not in page and "volgens De Linde Accountants" in page.replace("Volgens", "volgens")


def test_a_moment_after_its_own_receipt_is_refused_at_its_field_with_both_moments(
    there: AwareAsStated, database: Database
) -> None:
    there.bram.done(f"{there.page}/receipt", {}, seen=there.page)
    database.outside("update escalation set acknowledged_at = now() - interval '30 minutes'")
    answer = there.bram.send(there.at, {"aware_at": local(0.2), "reason": "Toen las de directie het"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "bevestigde de ontvangst al op" in page and "Toen las de directie het" in page
    assert "f-aware_at" in page


def test_after_the_submission_it_says_what_to_do(there: AwareAsStated) -> None:
    there.approved()
    there.do(there.hugo, "submit", submitted_at=local(0), authority_number="AP-1")
    assert "Dan is een aanvullende melding nodig" in there.bram.see(there.page)
    page = there.bram.see(there.at)
    assert 'id="submitted"' in page and "<textarea" not in page and "aanvullende melding bij de AP" in page


def test_after_the_submission_nobody_is_said_to_have_typed_what_was_stated_before(there: AwareAsStated) -> None:
    there.bram.done(there.at, {"aware_at": local(3), "reason": "Toen las de directie het"})
    there.approved()
    there.do(there.hugo, "submit", submitted_at=local(0), authority_number="AP-1")
    page = there.bram.see(there.at)
    assert 'id="stated-before"' in page and "<blockquote>" not in page and "Dit vulde u in" not in page


def test_what_was_typed_when_it_was_submitted_meanwhile_is_not_lost(there: AwareAsStated) -> None:
    there.approved()
    old = there.bram.see(there.at)
    there.do(there.hugo, "submit", submitted_at=local(0), authority_number="AP-1")
    carried = {name: old.split(f'name="{name}" value="')[1].split('"')[0] for name in CARRIED}
    form = {**carried, "aware_at": local(3), "reason": "Mijn eigen woorden"}
    answer = there.bram.client.post(there.at, data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412 and "Mijn eigen woorden" in page and 'id="submitted"' in page
    quoted = page.split("<blockquote>")[1].split("</blockquote>")[0]
    assert local(3)[:10] not in quoted and local(3)[11:16] in quoted, "the moment in words"


def test_only_those_who_may_state_it_are_asked(there: AwareAsStated) -> None:
    assert there.at not in there.hugo.see(there.page)


@pytest.mark.parametrize("act", ["receipt", "assessment"])
def test_after_an_own_act_the_form_says_that_only_an_earlier_moment_counts(there: AwareAsStated, act: str) -> None:
    only = {"receipt": "bevestigde de ontvangst op", "assessment": "beoordeelde het datalek op"}[act]
    assert 'id="only-earlier"' not in there.bram.see(there.at)
    if act == "receipt":
        there.bram.done(f"{there.page}/receipt", {}, seen=there.page)
    else:
        there.do(there.bram, "assess", **typed_assessment())
    form = there.bram.see(there.at)
    note = form.split('id="only-earlier"')[1].split("</p>")[0]
    assert only in note and "telt hier alleen een moment vóór" in note
