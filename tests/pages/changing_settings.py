"""The page of settings as somebody fills it in, and what is stored then."""

from werkzeug.test import TestResponse

from tenants.isolation import acting_for
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tests.pages.conftest import Reader
from tests.pages.forms import typed_over
from tests.pages.worlds import Controller

ADDRESS = {
    "visiting_street": "Kade 1", "visiting_postcode": "3511ab", "visiting_town": "Utrecht", "sector": "bakkerij",
    "size": "micro",
}  # fmt: skip
FG = {"fg": "this", "fg_name": "Fleur Groen", "fg_email": "fg@bakkerij.example", "fg_phone": "030 123 45 67",
      "fg_number": "FG001234"}  # fmt: skip


def settings_of(house: Controller) -> Organisation:
    with acting_for(house.id):
        return the_acting_organisation()


def sent(house: Controller, section: str, form: dict[str, object], who: Reader | None = None) -> TestResponse:
    """The answer to the page with these fields filled in, by the button of this section."""
    reader, at = who or house.olga, f"{house.base}/settings"
    return reader.client.post(at, data=typed_over(reader, at, form) | {"part": section})


def saved(house: Controller, section: str, form: dict[str, object], who: Reader | None = None) -> str:
    """The page after it was saved by the button of a section."""
    answer = sent(house, section, form, who)
    assert answer.status_code == 303 and answer.location.endswith(f"/settings#{section}"), answer.text
    return (who or house.olga).see(answer.location)
