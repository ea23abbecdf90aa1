"""The block of a list with what it shows, to take along: three forms, all or as filtered, and how many rows."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from tenants.history.entries import Actor
from tenants.identity.users import HANDLER, OWNER
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tests.factories import a_member, an_incident, an_office, an_own_breach
from tests.pages.conftest import Reader, slug_of
from workflows.mail.batches import Addressee
from workflows.mail.listing import add_recipients
from workflows.notice.bulk_notice import begin_by_choice

Login = Callable[[Actor], Reader]
BLOCK = re.compile(r'<section[^>]*aria-labelledby="take-along">(.*?)</section>', re.DOTALL)
PAGES = {
    "register": 3, "register?q=laptop": 1, "register?state=open&origin=own": 3, "incidents": 4,
    "incidents?state=open": 4,
    "agreements": 4, "agreements?search=k0003&sort=number": 1, "agreements?contact=none": None,
    "incidents/{incident}": 3, "incidents/{incident}?state=to_write": 3, "incidents/{incident}?search=K0002": 1,
    "notices/{notice}/people": 2, "notices/{notice}/people?group=ready": 2,
    "notices/{notice}/people?group=unknown": None,
}  # fmt: skip
"""How many rows the file of each page has; None where the page shows nothing, and offers nothing."""


@pytest.fixture(scope="module")
def house() -> tuple[str, dict[str, str], Actor, Actor]:
    """The address of an office, ids in it, its owner, and somebody who may take no file but that of people."""
    office = an_office(4)
    incident = an_incident(office, office.hits[:3])
    an_incident(office, office.hits[3:])
    own = [an_own_breach(office.id, office.officer, title=title) for title in ("Laptop kwijt", "Mail", "Brief")]
    with acting_for(office.id):
        notice = begin_by_choice(breach(own[0]), office.officer).id
        add_recipients(notice, [Addressee("Jan", "jan@a.example"), Addressee("Els", "els@a.example")])
    ids = {"incident": str(incident.id), "notice": str(notice)}
    return f"/o/{slug_of(office.id)}", ids, a_member(office.id, OWNER), a_member(office.id, HANDLER)


@pytest.mark.parametrize("page", PAGES)
def test_the_block_offers_what_the_page_shows(
    reader: Login, house: tuple[str, dict[str, str], Actor, Actor], page: str
) -> None:
    base, ids, owner, handler = house
    there, path, rows = reader(owner), f"{base}/{page.format(**ids)}", PAGES[page]
    blocks = BLOCK.findall(there.see(path))
    assert len(blocks) == (rows is not None)
    for block in blocks:
        links = [unescape(link) for link in re.findall(r'href="([^"]+)"', block)]
        endings = [link.partition("?")[0].rpartition(".")[2] for link in links]
        assert endings == ["csv", "xlsx", "json"]
        answers = [there.client.get(link) for link in links]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert len(answers[2].json or []) == rows
        assert ("Alles:" in block) == ("?" not in page) and ("Zoals gefilterd" in block) == ("?" in page)
        counted = re.search(r"\((\d+) rij(?:en)?\)", block)
        assert counted is None or counted[1] == str(rows)
        assert counted or "?" not in page or page.startswith("incidents/"), "an open board counts its rows itself"
    offered = BLOCK.findall(reader(handler).see(path))
    assert bool(offered) == (rows is not None and "people" in page)
