"""What is pasted into a page and cannot be kept is named on the next page; what is part of a picture stays."""

from collections.abc import Callable

from tenants.history.entries import Actor
from tests.conftest import Database
from tests.factories import Office, a_member
from tests.pages.conftest import Reader
from tests.pages.forms import local, visible

Login = Callable[[Actor], Reader]
Path = Callable[..., str]
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
STORED = "select title, description from breach where title like 'Map kwijt%'"


def typed(**more: str) -> dict[str, object]:
    moments = {"found_at": local(3), "became_aware_at": local(2)}
    return {"title": "Map kwijt", "description": "Tekst", "facts.data": ["name"], **moments} | more


def test_marks_of_direction_are_named_at_their_fields(
    reader: Login, path: Path, office: Office, database: Database
) -> None:
    anna = reader(a_member(office.id, name="Anna"))
    words, cause = "Eerste regel\r\nvan \u202bשרה\u202c", "Deur\u200e open"
    page = visible(anna.done(path("/breaches/new"), typed(title="Map kwijt\u200e", description=words, cause=cause)))
    assert "In “Korte titel” stond een onzichtbaar teken voor de leesrichting" in page
    assert "op de plek van [U+200E] in “Map kwijt[U+200E]”" in page
    assert "In “Wat is er gebeurd” stonden 2 onzichtbare tekens" in page
    assert "in “regel van [U+202B]שרה”" in page
    assert "In “Hoe kon het gebeuren” stond" in page
    assert database.outside(STORED) == [{"title": "Map kwijt", "description": "Eerste regel\nvan שרה"}]


def test_a_form_that_comes_back_still_has_them_and_says_nothing_yet(reader: Login, path: Path, office: Office) -> None:
    anna = reader(a_member(office.id, name="Anna"))
    refused = anna.send(path("/breaches/new"), typed(title="Map\u200e", description=""))
    assert refused.status_code == 422 and "Map\u200e" in refused.text and "leesrichting" not in refused.text


def test_a_form_of_no_organisation_names_them_too(reader: Login, office: Office) -> None:
    anna = reader(a_member(office.id, name="Anna"))
    page = anna.done("/account/reporter", {"function": "Di\u200frecteur"}, seen="/account")
    assert "In “Functie” stond" in page and "“Di[U+200F]recteur”" in page


def test_a_picture_of_several_signs_stays_whole(reader: Login, path: Path, office: Office, database: Database) -> None:
    anna = reader(a_member(office.id, name="Anna"))
    page = anna.done(path("/breaches/new"), typed(title=f"Map kwijt {FAMILY}", description=FAMILY))
    assert FAMILY in page and "leesrichting" not in page
    assert {"title": f"Map kwijt {FAMILY}", "description": FAMILY} in database.outside(STORED)
