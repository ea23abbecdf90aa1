"""The settings of an organisation on its page: saved at once, in the history and in the AP's form."""

from collections.abc import Callable
from html import unescape

import pytest

from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.users import User
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.settings import COLUMNS, SECTIONS
from tenants.register.breaches import breach
from tests.pages.changing_settings import ADDRESS, FG, saved, sent, settings_of
from tests.pages.conftest import Reader, typed_assessment
from tests.pages.forms import typed_over, untouched_form, visible
from tests.pages.worlds import SUBMITTED, Controller
from workflows.law.periods import AMSTERDAM
from workflows.settings.changing import settings_history, settings_missing


@pytest.fixture
def bakery(reader: Callable[[Actor], Reader], app: object) -> Controller:
    """An organisation with an officer, an approver and a handler, and a breach of its own; nothing is set yet."""
    return Controller(reader)


def form_of(house: Controller, who: Reader) -> str:
    return visible(who.see(f"{house.page}/form/answers"))


def test_what_is_set_stands_in_the_form_of_the_ap(bakery: Controller) -> None:
    page = saved(bakery, "address", ADDRESS)
    assert "Alles wat u invulde, is opgeslagen" in page and 'value="3511 AB"' in page
    saved(bakery, "fg", FG)
    own = {"function": "privacy officer", "phone": "030 765 43 21"}
    assert 'value="030 765 43 21"' in bakery.olga.done("/account/reporter", own, seen="/account")
    form = form_of(bakery, bakery.olga)
    for words in ("Kade 1, 3511 AB, Utrecht", "bakkerij", "FG001234", "Fleur Groen", "030 123 45 67", "privacy officer",
                  "030 765 43 21"):  # fmt: skip
        assert words in form, words
    page = bakery.olga.see(f"{bakery.page}/form")
    assert "Dit komt uit de instellingen van uw organisatie" in page and f'href="{bakery.base}/settings"' in page
    assert "Dit komt uit uw eigen account" in page and "/account#reporter" in page
    answered = {"address.street": "Plein 9", "address.asked": "1", "address.postcode": "3511 AB"}
    bakery.olga.done(f"{bakery.page}/form", answered)
    assert "Plein 9" in form_of(bakery, bakery.olga), "what was answered for this breach goes before"


def test_the_organisation_may_say_that_it_has_no_fg(bakery: Controller) -> None:
    with acting_for(bakery.id):
        assert "fg" in settings_missing()
    saved(bakery, "fg", FG)
    saved(bakery, "fg", {"fg": "none"})
    row = settings_of(bakery)
    assert (row.without_fg, row.fg_name, row.fg_number) == (True, None, None)
    assert "niet van toepassing" in form_of(bakery, bakery.olga)
    with acting_for(bakery.id):
        assert "fg" not in settings_missing()
    refused = sent(bakery, "fg", {"fg": "none", "fg_name": "Toch iemand"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "U vulde gegevens van een FG in" in page and "Toch iemand" in page


def test_each_change_is_in_the_history_with_old_and_new(bakery: Controller) -> None:
    saved(bakery, "address", ADDRESS)
    page = visible(saved(bakery, "address", ADDRESS | {"visiting_street": "Plein 2", "size": "sme"}))
    assert "Straat (bezoekadres): was Kade 1, is nu Plein 2" in page
    with acting_for(bakery.id):
        last = settings_history(1)[-1]
    assert last.details["fields"] == ["size", "visiting_street"] and last.details["was"] == {"size": "micro"}
    assert last.details["personal_was"] == {"visiting_street": "Kade 1"} and last.actor_name == "Olga"
    before = settings_of(bakery).settings_version
    saved(bakery, "address", ADDRESS | {"visiting_street": "Plein 2", "size": "sme"})
    assert settings_of(bakery).settings_version == before, "what stays the same is no change"


def test_what_was_typed_in_every_section_is_there_after_one_save(bakery: Controller) -> None:
    """Each field of the page but the name, which is proven: a new setting joins here."""
    everywhere: dict[str, object] = {
        **ADDRESS, **FG, "visiting_postcode": "3511 AB", "visiting_country": "", "postal_street": "Postbus 1",
        "postal_postcode": "9000", "postal_town": "Gent", "postal_country": "België", "sender_name": "Molen",
        "reply_address": "post@molen.example", "locale": "en", "trade_names": ["'t Hoekje"],
        "financial_undertaking": "true", "closed_weekdays": ["7"], "closed_periods.0.first": "24-12-2026",
        "closed_periods.1.first": "27-04-2027", "closed_periods.1.last": "02-05-2027",
    }  # fmt: skip
    columns = {name.partition(".")[0] for name in everywhere} | {"name", "without_fg"}
    assert columns - {"fg"} == set(COLUMNS)
    page = sent(bakery, "mail", everywhere | {"fg_phone": "bel"})
    assert page.status_code == 422 and settings_of(bakery).settings_version == 1, "nothing is half saved"
    shown = {name: values for name, values in untouched_form(page.text).items() if name in everywhere}
    for name in set(everywhere) - {"fg_phone"}:
        typed = everywhere[name] if isinstance(everywhere[name], list) else [everywhere[name]]
        assert [value for value in map(unescape, shown[name]) if value] == [value for value in typed if value], name
    saved(bakery, "mail", everywhere)
    row = settings_of(bakery)
    assert [name for name in COLUMNS if getattr(row, name) in (None, [], "")] == ["visiting_country"]
    assert row.closed_periods == [
        {"first": "2026-12-24", "last": "2026-12-24"}, {"first": "2027-04-27", "last": "2027-05-02"}
    ]  # fmt: skip
    version = row.settings_version
    saved(bakery, "closed", {})
    assert settings_of(bakery).settings_version == version, "a page that nobody touches changes nothing"


def test_the_message_stands_at_the_section_whose_button_was_pressed(bakery: Controller) -> None:
    for section in SECTIONS:
        page = saved(bakery, section, {"sector": section})
        assert page.count("is opgeslagen") == 1
        assert "is opgeslagen" in page.partition(f'id="{section}"')[2].partition("<h2>")[0], section
    at = f"{bakery.base}/settings"
    assert "is opgeslagen" not in bakery.olga.see(at), "it is said once"
    for section in SECTIONS:
        sent(bakery, section, {"sector": f"{section} elders"})
        assert bakery.olga.see(bakery.page).count("is opgeslagen") == 1, "and on the page that is seen first"
        assert "is opgeslagen" not in bakery.olga.see(at)
    assert sent(bakery, "elsewhere", {}).location.endswith("#names")


def test_another_link_saves_what_was_typed_elsewhere(bakery: Controller) -> None:
    saved(bakery, "mail", {"reply_address": "post@molen.example"})
    at = f"{bakery.base}/settings"
    answer = bakery.olga.client.post(f"{at}/mail/link", data=typed_over(bakery.olga, at, {"sector": "bakkerij"}))
    assert "een nieuwe link gestuurd" in bakery.olga.see(answer.location) and settings_of(bakery).sector == "bakkerij"


def test_an_approved_form_that_says_something_else_now_is_approved_again(bakery: Controller) -> None:
    bakery.do(bakery.olga, "assess", **typed_assessment("risk"))
    bakery.do(bakery.olga, "draft", decision="notify", reason="Er is een risico")
    bakery.do(bakery.adam, "approve", agrees="true")
    with acting_for(bakery.id):
        version = breach(bakery.breach).version
    saved(bakery, "closed", {"closed_weekdays": ["7"]})
    with acting_for(bakery.id):
        assert breach(bakery.breach).decided_at is not None, "closed days stand in no form"
    saved(bakery, "address", ADDRESS)
    with acting_for(bakery.id):
        row = breach(bakery.breach)
        assert row.decided_at is None and row.version == version + 1 and bakery.officer.id in row.preparers
    page = visible(bakery.adam.see(bakery.page))
    assert "Goedkeuren" in page
    bakery.do(bakery.adam, "approve", agrees="true")
    with acting_for(bakery.id):
        assert breach(bakery.breach).decided_at is not None


def test_a_sent_form_stays_as_it_was_sent(bakery: Controller) -> None:
    saved(bakery, "address", ADDRESS)
    bakery.do(bakery.olga, "assess", **typed_assessment("risk"))
    bakery.do(bakery.olga, "draft", decision="notify", reason="Er is een risico")
    bakery.do(bakery.adam, "approve", agrees="true")
    bakery.do(bakery.hugo, "submit", **SUBMITTED)
    saved(bakery, "address", ADDRESS | {"visiting_street": "Nieuwe Weg 5"})
    form = form_of(bakery, bakery.olga)
    assert "Kade 1" in form and "Nieuwe Weg 5" in form.partition("Kade 1")[0], "what came later stands apart, above"


@pytest.mark.parametrize(
    ("section", "typed", "words"),
    [
        ("address", ADDRESS | {"visiting_postcode": "35 11"}, "vier cijfers en twee letters"),
        ("address", {"postal_town": "Utrecht"}, "Vul dit in."),
        ("fg", FG | {"fg_email": "geen adres"}, "geen geldig e-mailadres"),
        ("fg", FG | {"fg_phone": "bel"}, "minstens 5 cijfers"),
        ("fg", FG | {"fg_number": "onbekend"}, "nummer van de FG"),
        ("fg", {"fg": "this"}, "Vul dit in."),
        ("mail", {"locale": "nl", "sender_name": "Bank <x@bank.nl>"}, "apenstaartje"),
        ("mail", {"locale": "nl", "sender_name": "bank.nl"}, "adres van een site"),
        ("mail", {"locale": "nl", "sender_name": "De Bank (geverifieerd)"}, "betekent iets in een mailadres"),
        ("mail", {"locale": "nl", "sender_name": "Bank geverifieerd"}, "iets van u bewezen is"),
        ("closed", {"closed_periods.0.first": "2026-12-24", "closed_periods.0.last": "2026-12-20"}, "ligt voor"),
        ("closed", {"closed_weekdays": [str(day) for day in range(1, 8)]}, "hoogstens 6"),
    ],
)  # fmt: skip
def test_a_fault_stands_at_its_field_and_nothing_is_saved(
    bakery: Controller, section: str, typed: dict[str, object], words: str
) -> None:
    answer = sent(bakery, section, typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and words in page and settings_of(bakery).settings_version == 1
    for value in (value for value in typed.values() if isinstance(value, str) and "<" not in value):
        assert f'value="{value}"' in page, "what was typed stands there"


def test_an_address_abroad_has_its_own_postcode(bakery: Controller) -> None:
    saved(bakery, "address", {
        "postal_street": "Korenmarkt 1", "postal_postcode": "9000", "postal_town": "Gent", "postal_country": "België",
    })  # fmt: skip
    assert "Korenmarkt 1, 9000, Gent, België" in form_of(bakery, bakery.olga)


def test_invisible_signs_are_left_out(bakery: Controller) -> None:
    saved(bakery, "address", ADDRESS | {"visiting_street": "Ka\u200bde\u20281"})
    assert settings_of(bakery).visiting_street == "Kade 1"


def test_an_owner_corrects_the_name_until_it_is_proven(
    bakery: Controller, reader: Callable[[Actor], Reader]
) -> None:
    assert "bewezen wie ze is" in bakery.olga.see(f"{bakery.base}/settings"), "this bakery is proven"
    saved(bakery, "names", {"name": "Bank", "trade_names": ["'t Hoekje", "Molenbrood"]})
    assert settings_of(bakery).name == "Bakkerij" and settings_of(bakery).trade_names == "'t Hoekje\nMolenbrood"


def test_who_may_not_change_them_reads_them(bakery: Controller) -> None:
    saved(bakery, "address", ADDRESS)
    page = bakery.adam.see(f"{bakery.base}/settings")
    assert "Kade 1" in page and "<textarea" not in page and f'action="{bakery.base}/settings' not in page
    refused = bakery.adam.send(f"{bakery.base}/settings", ADDRESS, seen=f"{bakery.base}/settings")
    assert refused.status_code == 403


def test_the_page_says_who_lacks_a_function_or_a_telephone_number(bakery: Controller) -> None:
    page = visible(bakery.olga.see(f"{bakery.base}/settings"))
    assert "Functie en telefoonnummer ontbreken nog" in page and "Hugo" in page and "Adam" not in page
    for who in (bakery.olga, bakery.hugo):
        who.done("/account/reporter", {"function": "medewerker", "phone": "030 765 43 21"}, seen="/account")
    page = visible(bakery.olga.see(f"{bakery.base}/settings"))
    assert "ontbreken nog" not in page and "030 765 43 21" not in page, "only whether it is known"
    with acting_for(bakery.id):
        assert "reporters" not in settings_missing()
    with acting_for_nobody():
        assert db.session.get_one(User, bakery.officer.id).phone == "030 765 43 21"


def test_the_overview_says_that_nobody_is_there_when_a_term_ends(bakery: Controller) -> None:
    assert "Dan is er niemand" not in bakery.olga.see(f"{bakery.base}/")
    saved(bakery, "closed", {"closed_periods.0.first": "2000-01-01", "closed_periods.0.last": "2000-12-30"})
    assert "Dan is er niemand" not in bakery.olga.see(f"{bakery.base}/")
    with acting_for(bakery.id):
        ends = breach(bakery.breach).alarm_at
    assert ends is not None
    day = ends.astimezone(AMSTERDAM).date().isoformat()
    saved(bakery, "closed", {"closed_periods.0.first": day, "closed_periods.0.last": day})
    assert "Dan is er niemand" in visible(bakery.olga.see(f"{bakery.base}/"))
    with acting_for(bakery.id):
        assert breach(bakery.breach).alarm_at == ends, "the term stays"
