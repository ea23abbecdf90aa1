"""The office's pages say of each client whether it is verified and whether it confirmed, in both languages."""

import re
from collections.abc import Callable

import pytest

from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.organisations.organisations import claim_acting_organisation
from tenants.register.escalations import board, need_a_call
from tests.conftest import Database
from tests.factories import an_incident, an_office, let, verified
from tests.pages.conftest import Reader, slug_of
from workflows.trust.verifying import prove_name_by_operator

SHORT = {
    "nl": (
        "bevestigde nog niet dat uw kantoor voor hem werkt",
        "KvK-nummer geverifieerd, accepteerde uw kantoor",
        "KvK-nummer en naam geverifieerd, accepteerde uw kantoor",
    ),
    "en": (
        "has not confirmed yet that your office works for it",
        "KvK number verified, accepted your office", "KvK number and name verified, accepted your office",
    ),
}
WHOLE = {
    "nl": ("heeft nog niet bevestigd dat u voor hem werkt", "heeft bevestigd dat u voor hem werkt"),
    "en": ("has not yet confirmed that you work for it", "has confirmed that you work for it"),
}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_lists_board_and_calls_say_how_each_client_stands(
    reader: Callable[[Actor], Reader], database: Database, language: str
) -> None:
    office = an_office(2)
    incident, base = an_incident(office), f"/o/{slug_of(office.id)}"
    with acting_for(office.id):
        first, second = board(incident.id, 2)
        need_a_call([first.id, second.id])
    with acting_for(first.controller_id):
        assert claim_acting_organisation()
    verified(database.config.owner_url(), first.controller_id)
    there = reader(office.officer)
    there.client.set_cookie("language", language)
    board_at = f"/incidents/{incident.id}"

    def printed() -> list[int]:
        page = there.see(f"{base}{board_at}/print")
        return [page.count(f", {words.partition(',')[0]}</span>") for words in SHORT[language]]

    def counted() -> set[tuple[int, ...]]:
        pages = [there.see(base + path) for path in ("/agreements", board_at, f"{board_at}/calls")]
        return {tuple(page.count(f"{words}</span>") for words in SHORT[language]) for page in pages}

    assert counted() == {(1, 1, 0)} and printed() == [0, 1, 0]
    let(database.config.owner_url(), first.controller_id, "check_name", "Uittreksel", prove_name_by_operator)
    assert counted() == {(1, 0, 1)} and printed() == [0, 0, 1]
    for escalation, words in ((second, WHOLE[language][0]), (first, WHOLE[language][1])):
        assert words in there.see(f"{base}/incidents/{incident.id}/escalations/{escalation.id}")


def test_a_client_that_confirmed_and_proved_nothing_is_not_verified(
    reader: Callable[[Actor], Reader], database: Database
) -> None:
    """What an office is not told any more is no statement about its client."""
    office = an_office(1)
    incident, base = an_incident(office), f"/o/{slug_of(office.id)}"
    there = reader(office.officer)
    path = f"{base}/incidents/{incident.id}/escalations/"
    with acting_for(office.id):
        [only] = board(incident.id, 1)
    assert "Tot dan ziet u hier ook niet of bewezen is wie de opdrachtgever is" in there.see(path + str(only.id))
    with acting_for(only.controller_id):
        assert claim_acting_organisation()
    assert "niet geverifieerd, accepteerde uw kantoor" in there.see(f"{base}/agreements")
    assert "Nog niet bewezen van wie dit register is" in there.see(path + str(only.id))


def test_the_list_and_the_client_page_say_what_to_do_while_a_client_did_not_confirm(
    reader: Callable[[Actor], Reader], database: Database
) -> None:
    office = an_office(1)
    there, base = reader(office.officer), f"/o/{slug_of(office.id)}"
    listed, next_step = there.see(f"{base}/agreements"), "Gebruikt hij Meldketen al? Vraag hem dan"
    assert next_step in listed and "heeft nog niet" not in listed
    page = there.see(f"{base}/clients/" + re.findall(r"/clients/([0-9a-f-]+)", listed)[0])
    for words in (next_step, WHOLE["nl"][0], "Tot dan ziet u hier ook niet of bewezen is wie de opdrachtgever is"):
        assert words in page
    assert "niet geverifieerd" not in page and "Nog niet bewezen" not in page, "nobody said that"
    of_office = "select controller_id from processing_agreement where processor_id = :office"
    [only] = database.outside(of_office, office=office.id)
    with acting_for(only["controller_id"]):
        assert claim_acting_organisation()
    assert next_step not in there.see(f"{base}/agreements")
