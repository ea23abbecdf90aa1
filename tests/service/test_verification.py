"""Proving that a register is one's own: the letter, the page and the resource, the operator, and who hears of it."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from service.letters.verification import letter
from service.words.law_texts import LANGUAGES, law_texts
from tenants.history.entries import of_subject
from tenants.identity.users import APPROVER, AUDITOR, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.breaches import breach
from tests.commands import run_command
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, Office, a_member, an_organisation, an_own_breach, let, proven, verified
from tests.oidc.browser import Browser
from tests.operator_commands import a_letter, organisation_command
from tests.service.caller import Caller, caller_for, refused
from workflows.engine.advance import complete
from workflows.evidence.evidence import gather
from workflows.mail.batches import Addressee
from workflows.mail.outbox import Outbox
from workflows.notice.bulk_notice import BULK_NOTICE, begin_by_choice, upload_recipients
from workflows.running import jobs
from workflows.trust.verifying import take_proof_back


@pytest.fixture
def client(app: Flask, database: Database, office: Office) -> tuple[UUID, Caller]:
    """A client of the office that opened its register, with an owner."""
    [row] = database.outside("""
        update organisation set claimed_at = now(), verified_at = null, verified_how = null, verified_note = null
         where id = (select controller_id from processing_agreement where client_number = 'K0002' limit 1)
        returning id""")
    owner = a_member(row["id"], OWNER, "Sanne de Linde")
    assert owner.id
    return row["id"], caller_for(app, owner.id)


def history(organisation: UUID, about: UUID) -> list[tuple[str, dict[str, object]]]:
    with acting_for(organisation):
        return [(entry.what, entry.details) for entry in of_subject(about)]


def test_the_code_of_a_letter_verifies_and_everybody_hears(
    app: Flask, database: Database, office: Office, client: tuple[UUID, Caller], outbox: Outbox
):
    organisation, owner = client
    before = owner.get("verification").json
    assert before["verified_at"] is None and before["letter_until"] is None
    assert owner.post("verification", {"code": "ABCD-EFGH-JKMN"}).json["key"] == "verification.code_none"
    code = a_letter(database, organisation)
    wrong = owner.post("verification", {"code": "ABCD-EFGH-JKMN"})
    assert wrong.status_code == 422 and wrong.json["errors"][0]["field"] == "code" and "4" in wrong.json["detail"]
    assert owner.get("verification").json["tries_left"] == 4, "the wrong try stays counted"
    database.outside("update verification_letter set tries = 3 where organisation_id = :o", o=organisation)
    last = owner.post("verification", {"code": "ABCD-EFGH-JKMN"}).json["detail"]
    assert "1 try left" in last
    answer = owner.post("verification", {"code": code.lower()})
    assert answer.status_code == 200 and answer.json["verified_how"] == "letter", answer.text
    assert owner.post("verification", {"code": code}).json["key"] == "verification.already"

    whats = [what for what, _ in history(organisation, organisation)]
    expected = [f"verification.{what}" for what in ("refused", "letter_made", "refused", "refused", "verified")]
    assert [what for what in whats if what.startswith("verification")] == expected
    with acting_for(office.id):
        assert ("client.verified", "letter") in [(h.what, h.details.get("how")) for h in of_subject(organisation)]
    jobs.drain(str(organisation))
    jobs.drain(str(office.id))
    addresses = {person.address for mail in outbox.mails if "geverifieerd" in mail.subject for person in mail.people}
    people = database.outside("select u.email, m.organisation_id from app_user u join membership m on m.user_id = u.id")
    wanted = {row["email"] for row in people if row["organisation_id"] in (organisation, office.id)}
    assert addresses and addresses <= wanted and len(addresses & wanted) >= 2


def test_the_operator_verifies_and_takes_it_back_with_a_note(
    database: Database, office: Office, client: tuple[UUID, Caller], outbox: Outbox
):
    organisation, owner = client
    verified(database.config.owner_url(), organisation, "KvK-uittreksel, gezien door J. Mulder")
    assert owner.get("verification").json["verified_how"] == "operator"
    let(database.config.owner_url(), organisation, "withdraw", "Uittreksel was vals", take_proof_back)
    assert owner.get("verification").json["verified_at"] is None
    entries = dict(history(organisation, organisation))
    assert entries["verification.verified"]["note"] == "KvK-uittreksel, gezien door J. Mulder"
    assert entries["verification.withdrawn"]["note"] == "Uittreksel was vals"
    with acting_for(office.id):
        assert "client.verification_withdrawn" in [entry.what for entry in of_subject(organisation)]


def test_the_page_says_what_to_do_and_takes_the_code(app: Flask, database: Database, client: tuple[UUID, Caller]):
    organisation, owner = client
    browser = Browser(app, owner.token)
    path = f"/o/{owner.slug}/verification"
    assert "Er is nu geen brief met een code die werkt" in browser.get(path).text
    code = a_letter(database, organisation)
    refused = browser.post(path, on=path, code="fout")
    assert refused.status_code == 422 and 'value="fout"' in refused.text and "Deze code klopt niet" in refused.text
    assert browser.post(path, on=path, code=code).status_code == 303
    assert "is geverifieerd" in browser.get(path).text
    assert "niet geverifieerd" not in browser.get(f"/o/{owner.slug}/register").text


def test_whose_seat_waits_proves_nothing_and_no_try_is_counted(
    app: Flask, database: Database, client: tuple[UUID, Caller]
):
    organisation, owner = client
    code = a_letter(database, organisation)
    new = a_member(organisation, PRIVACY_OFFICER, "Nieuw").id
    assert new
    waits = "update membership set counts_from = now() + :days * interval '1 day' where user_id = :who"
    database.outside(waits, days=1, who=new)
    caller = caller_for(app, new)
    for typed in (code, "ABCD-EFGH-JKMN"):
        refused(caller.post("verification", {"code": typed}), 403, "seat.not_yet")
    assert owner.get("verification").json["tries_left"] == 5
    page = f"/o/{owner.slug}/verification"
    answer = Browser(app, caller.token).post(page, on=page, code=code)
    assert answer.status_code == 403 and "U beslist hier pas mee vanaf" in answer.text, answer.text
    database.outside(waits, days=0, who=new)
    assert caller.post("verification", {"code": code}).json["verified_how"] == "letter"


def test_without_a_number_the_page_says_whom_to_call(app: Flask, database: Database, client: tuple[UUID, Caller]):
    organisation, owner = client
    kept = database.outside("select kvk_number from organisation where id = :id", id=organisation)[0]["kvk_number"]
    database.outside("update organisation set kvk_number = null where id = :id", id=organisation)
    page = Browser(app, owner.token).get(f"/o/{owner.slug}/verification").text
    assert "Neem contact op met de beheerder van Meldketen en geef het nummer door" in page
    database.outside("update organisation set kvk_number = :nr where id = :id", id=organisation, nr=kept)


def test_who_only_reads_sees_it_and_types_no_code(app: Flask, database: Database, client: tuple[UUID, Caller]):
    organisation, _ = client
    auditor = a_member(organisation, AUDITOR)
    assert auditor.id
    reader = caller_for(app, auditor.id)
    assert reader.get("verification").status_code == 200
    assert reader.post("verification", {"code": a_letter(database, organisation)}).json["key"] == "role.not_enough"


def test_the_operator_s_commands(database: Database, client: tuple[UUID, Caller], tmp_path: Path):
    _, owner = client
    pdf = tmp_path / "brief.pdf"
    address = "Bakkerij, Straat 1, 1234 AB Plaats"
    made = organisation_command(database, "letter", owner.slug, "--address", address, "-o", str(pdf))
    assert made.returncode == 0 and pdf.read_bytes().startswith(b"%PDF-1.7"), made.stderr
    assert owner.get("verification").json["letter_until"] is not None
    refused = organisation_command(database, "verify", owner.slug)
    assert refused.returncode == 2 and "--note" in refused.stderr and refused.stderr.count("\n") == 1
    assert organisation_command(database, "verify", "bestaat-niet", "--note", "x").returncode == 2
    assert organisation_command(database, "verify", owner.slug, "--note", "Uittreksel gezien").returncode == 0
    again = organisation_command(database, "verify", owner.slug, "--note", "Uittreksel gezien")
    assert again.returncode == 2 and "al geverifieerd" in again.stderr
    assert organisation_command(database, "verify", owner.slug, "--note", "Vals", "--withdraw").returncode == 0
    assert owner.get("verification").json["verified_at"] is None


def test_the_command_needs_the_owner_of_the_database(database: Database, client: tuple[UUID, Caller]):
    settings = database.config.as_environment() | {"OWNER_DATABASE_URL": ""}
    ran = run_command("organisation", "verify", client[1].slug, "--note", "x", settings=settings)
    assert ran.returncode == 2 and "OWNER_DATABASE_URL" in ran.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_is_tagged_and_no_value_is_markup(database: Database, client: tuple[UUID, Caller], language: str):
    with acting_for(client[0]):
        now = database_now()
    name = '#read("verification.typ") *B.V.* $x$'
    where, sender = "https://m.example", "Meldketen"
    pdf = letter(name, "#panic()\nStraat 1", "ABCD-EFGH-JKMN", now, now.date(), where, sender, language)
    assert b"/StructTreeRoot" in pdf and b"pdfuaid" in pdf and re.search(rb"/Lang ?\(%s" % language.encode(), pdf)
    assert all("\n" not in text for text in law_texts("letter", language).values())


def test_the_evidence_says_whether_it_was_verified(database: Database, office: Office, client: tuple[UUID, Caller]):
    organisation, _ = client
    verified(database.config.owner_url(), organisation)
    someone = a_member(organisation)
    breach_id = an_own_breach(organisation, someone)
    with acting_for(organisation):
        facts = gather(breach(breach_id)).facts["organisation"]
    assert facts["verified_how"] == "operator" and facts["verified_at"] is not None


def test_links_to_the_own_domains_are_a_command(database: Database, client: tuple[UUID, Caller]):
    organisation, owner = client
    refused = organisation_command(database, "domains", owner.slug, "bakker.nl", "--note", "Eigen site")
    assert refused.returncode == 2 and "niet geverifieerd" in refused.stderr and refused.stderr.count("\n") == 1
    verified(database.config.owner_url(), organisation)
    for wrong in (["https://bakker.nl"], ["nl"], ["bakker.nl/x"], ["*.nl"]):
        assert organisation_command(database, "domains", owner.slug, *wrong, "--note", "Eigen site").returncode == 2
    assert organisation_command(database, "domains", owner.slug, "bakker.nl").returncode == 2, "without a reason"
    made = organisation_command(database, "domains", owner.slug, "WWW.bakker.nl", "bakker.nl", "--note", "Eigen site")
    assert made.returncode == 0 and "bakker.nl, www.bakker.nl" in made.stdout, made.stderr
    assert history(organisation, organisation)[-1] == (
        "mail.links_allowed", {"domains": ["bakker.nl", "www.bakker.nl"], "note": "Eigen site"},
    )  # fmt: skip
    assert organisation_command(database, "domains", owner.slug, "--note", "Site verkocht").returncode == 0
    [row] = database.outside("select web_domains from organisation where id = :id", id=organisation)
    assert row["web_domains"] == []


def test_an_invitation_says_whose_register_it_is(
    app: Flask, database: Database, client: tuple[UUID, Caller], outbox: Outbox
):
    organisation, owner = client
    own = an_organisation("Zelf Gemaakt", is_verified=False)
    founder = a_member(own, OWNER)
    assert founder.id
    for caller in (owner, caller_for(app, founder.id)):
        assert caller.post("invitations", {"email": "nieuw@example.nl", "role": "approver"}).status_code == 201
    verified(database.config.owner_url(), organisation)
    assert owner.post("invitations", {"email": "nog@example.nl", "role": "approver"}).status_code == 201
    for tenant in (organisation, own):
        jobs.drain(str(tenant))
    texts = [mail.text for mail in outbox.mails if mail.purpose == "invitation"]
    assert len(texts) == 3
    for words in ("geregistreerd door De Linde Accountants, niet geverifieerd", "Zelf Gemaakt is zelf aangemeld, niet",
                  "is geverifieerd. Dit is bewezen"):  # fmt: skip
        assert len([text for text in texts if words in text]) == 1, words


def test_genuine_tells_which_office_registered_it(app: Flask, database: Database, client: tuple[UUID, Caller]):
    organisation, _ = client
    someone, second = a_member(organisation), a_member(organisation, APPROVER)
    breach_id = an_own_breach(organisation, someone)
    with acting_for(organisation):
        notice = begin_by_choice(breach(breach_id), someone)
        name, code = the_acting_organisation().name, notice.check_code
        upload_recipients(notice.id, [Addressee("Ans", "ans@elders.example")], someone, PRIVACY_OFFICER)
        complete(BULK_NOTICE, notice.id, "text", someone, PRIVACY_OFFICER, NOTICE_TEXT)
        complete(BULK_NOTICE, notice.id, "approve", proven(second), APPROVER, {"agrees": True})
    database.outside("update notice set sent_at = now() where check_code = :c", c=code)
    anybody = app.test_client()
    answer = anybody.get(f"/api/genuine/{code}").json
    assert answer["standing"] == "registered" and answer["registered_by"] == "De Linde Accountants"
    assert answer["organisation"] == name
    page = anybody.get(f"/genuine?code={code}").text
    assert "Geregistreerd door De Linde Accountants, niet geverifieerd" in page and "Bel de organisatie" in page
    verified(database.config.owner_url(), organisation)
    assert anybody.get(f"/api/genuine/{code}").json["standing"] == "verified"
