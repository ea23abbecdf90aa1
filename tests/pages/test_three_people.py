"""Three people on pages: who must prove who they are first, who stands in for whom, and what somebody did alone."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from tenants.history.entries import Actor
from tenants.identity.deputies import add_deputy
from tenants.identity.users import AUDITOR, FG, HANDLER, OWNER
from tenants.isolation import acting_for, database_now
from tests.conftest import Database
from tests.factories import a_member
from tests.pages.conftest import Reader, typed_assessment
from tests.pages.forms import local
from tests.pages.worlds import Controller

Login = Callable[[Actor], Reader]
WHY = "Iedereen is ziek en de termijn loopt vannacht af"
AGED = "update login_session set proof_at = now() - interval '6 minutes'"
FRESH = "update login_session set proof_at = now()"


@pytest.fixture
def bakery(reader: Login, app: object) -> Controller:
    """A controller with an owner and somebody who only reads, whose decision was drafted."""
    there = Controller(reader)
    there.owner = a_member(there.id, OWNER, "Wim")  # type: ignore[attr-defined]
    there.auditor = a_member(there.id, AUDITOR, "Riet")  # type: ignore[attr-defined]
    there.wim, there.riet = reader(there.owner), reader(there.auditor)  # type: ignore[attr-defined]
    return there


def drafted(bakery: Controller, by: Reader) -> None:
    bakery.do(by, "assess", **typed_assessment())
    bakery.do(by, "draft", decision="notify", reason="Er is een risico")


def test_who_has_not_shown_who_they_are_lately_gets_a_link_instead_of_the_button(
    bakery: Controller, database: Database
) -> None:
    drafted(bakery, bakery.olga)
    assert "/steps/approve" in bakery.adam.see(bakery.page)
    database.outside(AGED)
    page = bakery.adam.see(bakery.page)
    assert f'href="/proof?next={bakery.page}"' in page and "Bevestigen wie ik ben" in page
    assert "/steps/approve" not in page
    assert "/proof" not in bakery.olga.see(bakery.page), "who may not approve has nothing to prove"


def test_what_was_typed_stays_when_the_proof_has_lapsed_meanwhile(bakery: Controller, database: Database) -> None:
    drafted(bakery, bakery.olga)
    bakery.do(bakery.adam, "approve", agrees="true")
    form = {"submitted_at": local(0), "authority_number": "AP-2026-77"}
    page = bakery.hugo.see(bakery.page)
    carried = dict(re.findall(r'name="(csrf_token|version|seen)" value="([^"]+)"', page))
    database.outside(AGED)
    late = bakery.hugo.client.post(f"{bakery.page}/steps/submit", data=carried | form)
    words = late.get_data(as_text=True)
    assert late.status_code == 403 and "Bevestig eerst wie u bent" in words
    assert 'value="AP-2026-77"' in words and f'href="/proof?next={bakery.page}" target="_blank"' in words
    database.outside(FRESH)
    assert bakery.hugo.client.post(f"{bakery.page}/steps/submit", data=carried | form).status_code == 303


def test_the_overview_and_the_steps_are_those_of_a_deputy_too(bakery: Controller) -> None:
    drafted(bakery, bakery.olga)
    assert "Dit kunt u nu doen" not in bakery.hugo.see(f"{bakery.base}/")
    there = f"{bakery.base}/deputies"
    form = {
        "of_user": str(bakery.approver.id), "deputy_id": str(bakery.handler.id), "starts_at": local(1),
        "ends_at": local(-48), "reason": "Vakantie",
    }  # fmt: skip
    page = bakery.wim.done(there, form)  # type: ignore[attr-defined]
    assert "Hugo (namens Adam)" in page and "vervangt nu" in page
    assert "Dit kunt u nu doen" in bakery.hugo.see(f"{bakery.base}/")
    assert "Nu is aan zet: Adam, Hugo, Wim." in _sorted_turn(bakery.olga.see(bakery.page))
    assert "Hugo (goedkeurder, namens Adam)" in bakery.do(bakery.hugo, "approve", agrees="true")
    own = bakery.hugo.see(f"{bakery.page}?again=assess")
    assert "Hugo (goedkeurder, namens Adam)" in own
    assert "hoort niet bij uw rol" in bakery.adam.see(bakery.page)
    ended = re.search(r'action="([^"]+/end)"', page)
    assert ended and "beëindigd" in bakery.wim.done(ended[1], {}, seen=there)  # type: ignore[attr-defined]


def _sorted_turn(page: str) -> str:
    match = re.search(r"Nu is aan zet: ([^.]+)\.", page)
    assert match
    return f"Nu is aan zet: {', '.join(sorted(match[1].split(', ')))}."


def test_a_wrong_period_stands_at_its_field_and_what_was_typed_stays(bakery: Controller) -> None:
    form = {
        "of_user": str(bakery.approver.id), "deputy_id": str(bakery.handler.id), "starts_at": local(1),
        "ends_at": local(2), "reason": "Vakantie",
    }  # fmt: skip
    refused = bakery.wim.send(f"{bakery.base}/deputies", form)  # type: ignore[attr-defined]
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and 'href="#f-ends_at"' in page and 'value="Vakantie"' in page
    assert f'value="{bakery.handler.id}" selected' in page


def test_only_an_owner_sees_the_form(bakery: Controller) -> None:
    for who in (bakery.olga, bakery.adam, bakery.hugo):
        assert "Een vervanger aanwijzen" not in who.see(f"{bakery.base}/deputies")


def test_an_owner_decides_alone_and_somebody_else_closes_the_review(bakery: Controller, reader: Login) -> None:
    wim: Reader = bakery.wim  # type: ignore[attr-defined]
    drafted(bakery, wim)
    page = wim.see(bakery.page)
    assert "Een ander kan dit doen, maar niet op tijd: ik doe dit alleen" in page and "/steps/approve" not in page
    assert "Er is niemand anders" not in bakery.adam.see(bakery.page)
    form = {"agrees": "true", "alone_reason": "Haast"}
    short = wim.send(f"{bakery.page}/alone/approve", form, seen=bakery.page)
    assert short.status_code == 422 and 'href="#f-alone_reason"' in short.get_data(as_text=True)
    assert ">\nHaast</textarea>" in short.get_data(as_text=True)
    page = wim.done(f"{bakery.page}/alone/approve", form | {"alone_reason": WHY}, seen=bakery.page)
    assert "Alleen gedaan, met reden" in page and WHY in page
    assert "Alleen gedaan: Besluit goedkeuren, door Wim" in page and "Nog niemand anders heeft dit bekeken" in page
    assert "alleen gedaan: Besluit goedkeuren; nog na te kijken" in wim.see(f"{bakery.base}/register")
    assert "1 handeling is door iemand alleen gedaan" in bakery.adam.see(f"{bakery.base}/")
    own = wim.see(f"{bakery.base}/")
    assert "1 handeling deed u alleen" in own and "Bekijken" in own and "Nakijken" not in own + wim.see(bakery.page)
    reviews = f"{bakery.base}/broken-glass"
    assert "U deed dit zelf" in wim.see(reviews)
    fatima = reader(a_member(bakery.id, FG, "Fatima"))
    listed = fatima.see(reviews)
    post = re.search(r'action="([^"]+/broken-glass/([^"]+))"', listed)
    assert post and WHY in listed
    silent = fatima.send(post[1], {f"{post[2]}.finding": " "}, seen=reviews)
    assert silent.status_code == 422 and f'href="#f-{post[2]}-finding"' in silent.get_data(as_text=True)
    page = fatima.done(post[1], {f"{post[2]}.finding": "Het was nodig."}, seen=reviews)
    assert "Niets na te kijken" in page and "Het was nodig." in page
    page, register = wim.see(bakery.page), wim.see(f"{bakery.base}/register")
    assert "Alleen gedaan: Besluit goedkeuren, door Wim" in page and "Later bekeken door Fatima" in page
    assert "Nog niemand anders heeft dit bekeken" not in page and "nog na te kijken" not in register
    assert "alleen gedaan: Besluit goedkeuren; later bekeken door Fatima" in register


def test_a_page_hides_what_one_may_not(bakery: Controller) -> None:
    riet: Reader = bakery.riet  # type: ignore[attr-defined]
    for page in ("/", "/register", "/incidents", "/notices", "/people", "/deputies", "/broken-glass"):
        words = riet.see(bakery.base + page).partition("<main")[2].partition("</main>")[0]
        changing = [form for form in re.findall(r"<form[^>]*>", words) if 'method="get"' not in form]
        assert all(f'action="{bakery.base}/seen"' in form for form in changing) and "/new" not in words, page
    words = riet.see(bakery.page).partition("<main")[2].partition("</main>")[0]
    assert "<form" not in words and "again=" not in words and "/facts" not in words and "/term" not in words


def test_a_deputy_past_the_period_is_refused_at_once(bakery: Controller, database: Database) -> None:
    drafted(bakery, bakery.olga)
    assert bakery.approver.id and bakery.handler.id
    with acting_for(bakery.id):
        now = database_now()
        add_deputy(bakery.approver.id, bakery.handler.id, now, now + timedelta(days=1), "x", bakery.approver.id)
    form = re.findall(r'name="(csrf_token|version|seen)" value="([^"]+)"', bakery.hugo.see(bakery.page))
    database.outside("update deputy set ends_at = now() where organisation_id = :o", o=bakery.id)
    answer = bakery.hugo.client.post(f"{bakery.page}/steps/approve", data=dict(form) | {"agrees": "true"})
    assert answer.status_code == 403 and "Uw rol mag dit niet" in answer.get_data(as_text=True)
    assert "hoort niet bij uw rol" in bakery.hugo.see(bakery.page)
    assert bakery.handler.role == HANDLER


@pytest.mark.parametrize(("said", "status", "words"), [
    (None, 428, "welke versie u bekeek"), ("", 428, "welke versie u bekeek"), ("x", 412, "intussen veranderd"),
    ("-1", 412, "intussen veranderd"), ("9" * 5000, 412, "intussen veranderd"), ("*", 412, "intussen veranderd"),
])  # fmt: skip
def test_a_step_without_the_version_that_was_seen_is_refused_and_keeps_what_was_typed(
    bakery: Controller, said: str | None, status: int, words: str
) -> None:
    """Every form of a step, and the ones beside it: the version that it carried is left out, or garbled."""
    carried = {} if said is None else {"version": said}
    token = re.findall(r'name="csrf_token" value="([^"]+)"', bakery.olga.see(bakery.page))[0]
    typed = {"decision": "notify", "reason": "Er is wel degelijk een risico"}
    bakery.do(bakery.olga, "assess", **typed_assessment())
    answer = bakery.olga.client.post(f"{bakery.page}/steps/draft", data={"csrf_token": token} | typed | carried)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status and words in page and typed["reason"] in page
    bakery.do(bakery.olga, "draft", **typed)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', bakery.adam.see(bakery.page))[0]
    form = {"csrf_token": token, "agrees": "true"} | carried
    answer = bakery.adam.client.post(f"{bakery.page}/steps/approve", data=form)
    assert answer.status_code == status and "/steps/approve" in answer.get_data(as_text=True)
