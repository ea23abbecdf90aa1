"""A provider that takes its time, in whichever phase: it is given up, and everybody else is served meanwhile."""

import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from service.admission.pace import Pace
from service.oidc.fetching import Asker, ProviderFault
from service.oidc.installation import asking
from service.oidc.remembered import Remembered
from service.oidc.turns import AT_ONCE, WAITING, Turns
from tenants.errors import Busy, TooOften
from tests.conftest import Database, until
from tests.oidc.browser import Browser
from tests.oidc.house import OrganisationWithProvider, a_house
from tests.oidc.provider import ProviderServer
from tests.service.served import PATIENCE_S, THREADS, in_time, is_alive, lines, served
from tests.slow_peers import ENDLESS, PHASES, slow_peer

SOON_S = 0.5


@pytest.mark.parametrize("phase", PHASES)
def test_a_slow_provider_is_given_up(phase: str) -> None:
    with slow_peer(PHASES[phase]) as port, pytest.raises(ProviderFault) as fault:
        in_time(lambda: Asker(True, monotonic() + SOON_S).get(f"http://127.0.0.1:{port}/"))
    assert fault.value.what in ({"too_slow", "too_large", "unreachable"} if phase in ENDLESS else {"too_slow"})


def test_a_handshake_that_never_begins_is_given_up() -> None:
    with slow_peer(PHASES["accepts only"]) as port, pytest.raises(ProviderFault) as fault:
        in_time(lambda: Asker(True, monotonic() + SOON_S).get(f"https://127.0.0.1:{port}/"))
    assert fault.value.what == "too_slow"


def test_the_whole_errand_has_one_deadline() -> None:
    asker = Asker(True, monotonic() - 1)
    with pytest.raises(ProviderFault) as fault:
        asker.get("http://127.0.0.1:1/")
    assert fault.value.what == "too_slow"


@pytest.mark.parametrize("phase", ["accepts only", "a header now and then", "a body, slowly"])
def test_slow_logins_leave_threads_to_others(
    app: Flask, database: Database, server: ProviderServer, tmp_path: Any, phase: str
) -> None:
    there = a_house(app, server.tenant("slow"))
    browser = Browser(app)
    browser.get(f"/login/{there.slug}/provider")
    cookie = browser.client.get_cookie("meldketen_errand", path="/login/oidc")
    assert cookie
    goes = f"GET /login/oidc/go HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: meldketen_errand={cookie.value}\r\n\r\n"
    with slow_peer(PHASES[phase]) as port, served(database.config, tmp_path, threads=WAITING + AT_ONCE + 1) as web:
        database.outside("update identity_provider set issuer = :url", url=f"http://127.0.0.1:{port}")
        with lines(web, 4 * THREADS, goes.encode()) as waiting:
            assert is_alive(web)
            answers = [line.recv(2000) for line in waiting]
    statuses = [answer.split(b" ")[1] for answer in answers]
    assert set(statuses) == {b"403", b"503"}
    assert all(b"Retry-After: 5" in answer for answer in answers if b" 503 " in answer[:20])


def test_when_it_is_busy_one_is_asked_to_come_back(app: Flask, house: OrganisationWithProvider) -> None:
    browser = Browser(app)
    assert browser.get(f"/login/{house.slug}/provider").status_code == 303
    turns = asking(app).turns
    with turns.taken(house.id, monotonic()), held_by_others(turns, house):
        answer = browser.get("/login/oidc/go")
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
        assert "Wacht een paar seconden" in answer.text
    back = browser.at_provider()
    with turns.taken(house.id, monotonic()), held_by_others(turns, house):
        assert browser.get(back.removeprefix("http://127.0.0.1:8000")).status_code == 503
    assert browser.come_back(back).status_code == 303


class held_by_others:
    """Somebody of the same organisation waits already."""

    def __init__(self, turns: Turns, house: OrganisationWithProvider) -> None:
        self.waits = threading.Thread(target=self._wait, args=(turns, house), daemon=True)
        self.turns, self.house = turns, house

    def _wait(self, turns: Turns, house: OrganisationWithProvider) -> None:
        with turns.taken(house.id, monotonic() + PATIENCE_S):
            pass

    def __enter__(self) -> None:
        self.waits.start()
        until(lambda: self.turns._waiting[self.house.id])

    def __exit__(self, *_: object) -> None:
        """It gets its turn when the one before it ends."""


def test_turns_are_two_at_once_and_one_of_each_organisation() -> None:
    turns, first, second, third = Turns(waiting=0), *(uuid4() for _ in range(3))
    with turns.taken(first, monotonic()):
        with pytest.raises(Busy), turns.taken(first, monotonic() + 9):
            pass
        with turns.taken(second, monotonic()), pytest.raises(Busy), turns.taken(third, monotonic() + 9):
            pass
        with turns.taken(third, monotonic()):
            pass


def a_turn(turns: Turns, organisation: UUID) -> None:
    with turns.taken(organisation, monotonic() + 20 * PATIENCE_S):
        pass


@pytest.mark.parametrize("more", ["of another", "of the same"])
def test_a_request_beyond_the_allowed_number_of_waits_is_refused_at_once(more: str) -> None:
    turns, first, second = Turns(at_once=1, waiting=1 if more == "of another" else 9), uuid4(), uuid4()
    with turns.taken(first, monotonic()):
        waits = threading.Thread(target=a_turn, args=(turns, first), daemon=True)
        waits.start()
        until(lambda: turns._waiting[first])
        with pytest.raises(Busy):
            in_time(lambda: a_turn(turns, second if more == "of another" else first))
    waits.join(PATIENCE_S)
    assert not waits.is_alive(), "its turn came"


def test_who_waits_for_a_turn_gets_it_or_is_sent_away() -> None:
    turns, organisation = Turns(), uuid4()
    with turns.taken(organisation, monotonic()), pytest.raises(Busy), turns.taken(organisation, monotonic() + 0.1):
        pass
    with turns.taken(organisation, monotonic()):
        pass


@pytest.fixture
def own_provider(app: Flask, server: ProviderServer) -> Iterator[OrganisationWithProvider]:
    """An organisation and a tenant of its own."""
    yield a_house(app, server.tenant("own"))


def test_what_a_provider_says_of_itself_is_kept_until_its_settings_change(
    app: Flask, own_provider: OrganisationWithProvider
) -> None:
    provider = own_provider.provider
    assert Browser(app).log_in(own_provider.slug).status_code == 303
    provider.lies["discovery"] = (500, b"down")
    assert Browser(app).log_in(own_provider.slug).status_code == 303
    body = {"name": "Ander", "issuer": provider.url, "client_id": "meldketen", "client_secret": None}
    assert own_provider.owner.put("provider", body).status_code == 200
    browser = Browser(app)
    browser.get(f"/login/{own_provider.slug}/provider")
    assert browser.get("/login/oidc/go").status_code == 403


def test_a_renewed_key_is_fetched_before_a_token_is_refused(app: Flask, own_provider: OrganisationWithProvider) -> None:
    from joserfc.jwk import RSAKey

    assert Browser(app).log_in(own_provider.slug).status_code == 303
    own_provider.provider.key = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
    assert Browser(app).log_in(own_provider.slug).status_code == 303


def test_what_is_remembered_is_little_and_not_for_long() -> None:
    few = Remembered(most=2)
    for name in "abc":
        few.keep(name, {"is": name})
    assert [few.what_is_kept(name) for name in "abc"] == [None, {"is": "b"}, {"is": "c"}]
    short = Remembered(kept_s=-1)
    short.keep("a", {"is": "a"})
    assert short.what_is_kept("a") is None


def test_one_address_that_asks_too_often_is_told_to_wait(app: Flask, house: OrganisationWithProvider) -> None:
    pace = Pace(most=2, window_s=60)
    pace.step("192.0.2.1")
    pace.step("192.0.2.1")
    with pytest.raises(TooOften) as refusal:
        pace.step("192.0.2.1")
    assert 1 <= refusal.value.values["seconds"] <= 61
    pace.step("192.0.2.2")
    again = Pace(most=1, window_s=0)
    again.step("192.0.2.1")
    again.step("192.0.2.1")


@pytest.mark.parametrize("path", ["/login/{slug}/provider", "/login/oidc/go", "/login/oidc/callback"])
def test_each_way_to_a_provider_counts_by_address(app: Flask, house: OrganisationWithProvider, path: str) -> None:
    client = app.test_client()
    there = {"REMOTE_ADDR": f"198.51.100.{len(path)}"}
    statuses = [client.get(path.format(slug=house.slug), environ_base=there).status_code for _ in range(121)]
    assert 429 not in statuses[:120] and statuses[120] == 429
