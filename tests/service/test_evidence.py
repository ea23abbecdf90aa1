"""The proof of a breach as a zip: whole, it holds; altered in whatever way, verify.py says what does not."""

import ast
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.evidence.archive import PROGRAM, VERIFY
from tenants.history.entries import Actor, Entry, record
from tenants.history.forgetting import ASKED, forget_person
from tenants.history.signing_keys import signing_key
from tenants.isolation import acting_for
from tenants.keys.renewing import destroy_key
from tenants.register.breaches import breach
from tenants.register.escalations import acknowledge_receipt, report_decision
from tests import factories
from tests.conftest import Database
from tests.factories import BRAM, FENNA
from tests.service.falsified import FALSIFIED, an_entry
from tests.service.zipped import JSON, Files, chain_anew, exported, key_of, packed, ran, sign_anew, unpacked
from workflows.mail.batches import Addressee
from workflows.mail.listing import add_recipients
from workflows.mail.outbox import Outbox
from workflows.notice.bulk_notice import begin_by_choice
from workflows.running import jobs


@pytest.fixture(scope="module")
def parties(database: Database) -> tuple[UUID, UUID, UUID]:
    """An office that told its client; the client confirmed, began a notice and decided: office, client, breach."""
    jobs.use_mail_sender(Outbox())
    office = factories.an_office(clients=2)
    factories.an_incident(office)
    jobs.drain(str(office.id))
    row = database.outside("select * from escalation order by id limit 1")[0]
    client, breach_id = row["controller_id"], row["breach_id"]
    with acting_for(client):
        acknowledge_receipt(breach_id, Actor(None, "Anna"))
    factories.an_own_breach(client)
    with acting_for(client):
        begun = begin_by_choice(breach(breach_id), FENNA)
        add_recipients(begun.id, [Addressee("Jan Lezer", "jan@example.nl"), Addressee("Piet", "piet@example.nl")])
        record([Entry("breach", breach_id, "escalation.called", BRAM, {}, {"note": "Sprak met Kees"})])
    factories.an_own_breach(client)
    with acting_for(client):
        report_decision(breach_id, "not_notified")
    return office.id, client, breach_id


@pytest.fixture(scope="module")
def whole(parties: tuple[UUID, UUID, UUID]) -> bytes:
    return exported(parties[1], parties[2])


@pytest.fixture(scope="module")
def key(parties: tuple[UUID, UUID, UUID]) -> str:
    return key_of(parties[1])


def test_whole_it_holds_and_says_what_in_plain_words(tmp_path: Path, whole: bytes, key: str):
    answer = ran(tmp_path, whole, "--key", key)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "Bewijs van datalek 2026-0001 van Client 1" in answer.stdout and "FOUT" not in answer.stdout
    for sentence in (
        "De Linde Accountants heeft het einde bij regel", "De Linde Accountants gaf het einde van haar keten",
        "Er is geen regel over dit datalek weggelaten.", "Het register, het dossier en de telling volgen",
    ):  # fmt: skip
        assert sentence in answer.stdout, answer.stdout
    assert answer.stdout.rstrip().endswith("Alles klopt.")
    english = ran(tmp_path, whole, "--lang", "en", "--key", key)
    assert english.returncode == 0 and "Everything holds." in english.stdout
    assert len(english.stdout.splitlines()) == len(answer.stdout.splitlines())


def test_a_file_does_not_vouch_for_itself(tmp_path: Path, whole: bytes, key: str):
    answer = ran(tmp_path, whole)
    assert answer.returncode == 3 and "NIET gecontroleerd" in answer.stdout and "--key" in answer.stdout
    another = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    assert ran(tmp_path, whole, "--key", another).returncode == 3
    (tmp_path / "key.txt").write_text(key + "\n")
    assert ran(tmp_path, whole, "--key", str(tmp_path / "key.txt")).returncode == 0
    assert ran(tmp_path, whole, "--key", unpacked(whole)["manifest.json"]["key"]).returncode == 0


def test_the_end_of_the_chain_as_somebody_else_has_it_vouches_for_the_key_before_it(tmp_path: Path, whole: bytes):
    chain, facts = unpacked(whole)["chain.json"], unpacked(whole)["evidence.json"]
    answer = ran(tmp_path, whole, "--head", f"{chain['last']}:{chain['head']}")
    assert answer.returncode == 0 and f"Tot en met regel {chain['last']} is de keten bewezen" in answer.stdout
    begun = next(entry for entry in facts["about_chain"] if "signing_key.begun" in entry["form"])
    assert ran(tmp_path, whole, "--head", f"{begun['seq'] - 1}:{begun['before']}").returncode == 3
    assert ran(tmp_path, whole, "--head", f"{begun['seq']}:{begun['hash']}").returncode == 0
    other = ran(tmp_path, whole, "--head", f"{chain['last']}:{'0' * 64}")
    assert other.returncode == 1 and "de keten is herschreven" in other.stdout


def test_a_folder_holds_too_and_the_zip_may_lie_in_it(tmp_path: Path, whole: bytes, key: str):
    zipfile.ZipFile(io.BytesIO(whole)).extractall(tmp_path)
    (tmp_path / "evidence.zip").write_bytes(whole)
    alone = [sys.executable, "-I", str(tmp_path / "verify.py"), "--key", key]
    assert subprocess.run(alone, env={}, capture_output=True, timeout=60, check=False).returncode == 0


@pytest.mark.parametrize("name", ["register.HTML", "bewijs.pdf", "zonder"])
def test_a_file_beside_those_that_were_signed_is_told(tmp_path: Path, whole: bytes, key: str, name: str):
    zipfile.ZipFile(io.BytesIO(whole)).extractall(tmp_path)
    (tmp_path / name).write_text("Het is nooit gebeurd.")
    alone = [sys.executable, "-I", str(tmp_path / "verify.py"), "--key", key]
    assert subprocess.run(alone, env={}, capture_output=True, timeout=60, check=False).returncode == 1


def test_it_needs_the_standard_library_alone():
    beside = {name.removesuffix(".py") for name in PROGRAM}
    for name in PROGRAM:
        tree = ast.parse((VERIFY.parent / name).read_text(), feature_version=(3, 8))
        for node in ast.walk(tree):
            asked = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            asked += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {module.split(".")[0] for module in asked} <= sys.stdlib_module_names | beside, name
        assert len((VERIFY.parent / name).read_text().splitlines()) < 200, name


def test_the_evidence_has_the_files_that_it_lists(whole: bytes):
    files = unpacked(whole)
    assert " ".join(files) == (
        "evidence.json chain.json chain.txt countersignatures.json page.html README.txt verify.py verify_chain.py "
        "verify_register.py verify_stamps.py verify_files.py verify_words.py verify_ed25519.py manifest.json"
    )
    facts = files["evidence.json"]
    assert facts["breach"]["title"] == "Back-upstation kwijt" and facts["register"]["reference"] == "2026-0001"
    assert [batch["recipients"] for batch in facts["mail"]] == [2]
    acts = [json.loads(entry["form"])[6] for entry in facts["entries"]]
    assert {"breach.received", "head.received", "escalation.called"} <= set(acts) and "breach.recorded" not in acts
    assert {entry["name"]["value"] for entry in facts["entries"] if entry["name"]} >= {FENNA.name, BRAM.name}
    assert any("Sprak met Kees" in entry["personal"]["value"] for entry in facts["entries"] if entry["personal"])
    assert {step["step"] for step in facts["steps"]} >= {"assess"}
    chain = files["chain.json"]
    assert len(files["chain.txt"].split()) == chain["last"] - chain["first"] + 1 > len(facts["entries"])


def test_the_evidence_names_no_recipient_and_no_other_person(whole: bytes, parties: tuple[UUID, UUID, UUID]):
    text = "".join(content if isinstance(content, str) else json.dumps(content) for content in unpacked(whole).values())
    for strange in ("Jan Lezer", "jan@example.nl", "Client 2", "Verkeerd verstuurd"):
        assert strange not in text, strange


def test_the_page_is_static_and_escaped(database: Database):
    organisation = factories.an_organisation("<b>Kantoor & co</b>")
    own = factories.an_own_breach(organisation, title="<script>alert(1)</script>")
    files = unpacked(exported(organisation, own))
    page = files["page.html"]
    assert "&lt;b&gt;Kantoor &amp; co" in page and "<script" not in page and "src=" not in page and "http" not in page
    assert "BEWIJS VAN EEN DATALEK" in files["README.txt"]
    database.outside("update organisation set locale = 'en' where id = :o", o=organisation)
    assert "EVIDENCE OF A DATA BREACH" in unpacked(exported(organisation, own))["README.txt"]


@pytest.mark.parametrize("falsify", FALSIFIED, ids=lambda one: one.__name__)
def test_what_was_falsified_is_found_also_with_a_list_of_files_that_was_made_to_match(
    tmp_path: Path, whole: bytes, key: str, falsify: Callable[[Files], None]
):
    for matching in (False, True):
        files = unpacked(whole)
        falsify(files)
        if matching:
            sign_anew(files, None)
        answer = ran(tmp_path, packed(files), "--key", key)
        assert answer.returncode == 1 and "FOUT" in answer.stdout, answer.stdout + answer.stderr
        assert "Dit bewijs klopt niet" in answer.stdout


def test_a_key_of_somebody_else_is_not_the_organisations(tmp_path: Path, whole: bytes, key: str):
    files = unpacked(whole)
    sign_anew(files, Ed25519PrivateKey.generate())
    answer = ran(tmp_path, packed(files), "--key", key)
    assert answer.returncode == 1 and "niet ondertekend met een sleutel van de organisatie" in answer.stdout


def test_a_whole_new_chain_signed_by_the_organisation_itself_is_found_by_what_others_hold(
    tmp_path: Path, whole: bytes, parties: tuple[UUID, UUID, UUID], key: str
):
    _, client, _ = parties
    files = unpacked(whole)
    an_entry(files, 0)["form"] = an_entry(files, 0)["form"].replace("De Linde", "De Eik")
    chain_anew(files)
    with acting_for(client):
        private = signing_key().private
    sign_anew(files, private)
    answer = ran(tmp_path, packed(files), "--key", key)
    assert answer.returncode == 1 and "de keten is herschreven" in answer.stdout
    assert answer.stdout.count("FOUT") == len(files["countersignatures.json"]["given"]), answer.stdout

    files["countersignatures.json"]["given"] = []
    sign_anew(files, private)
    assert ran(tmp_path, packed(files), "--key", key).returncode == 0, "what the others hold was left out"
    held = [statement for statement in unpacked(whole)["countersignatures.json"]["given"] if statement["holder"]]
    (tmp_path / "held.jsonl").write_text("\n".join(json.dumps(statement) for statement in held))
    answer = ran(tmp_path, packed(files), "--key", key, "--heads", str(tmp_path / "held.jsonl"))
    assert answer.returncode == 1 and "Het bestand met einden heeft een ander einde" in answer.stdout
    assert ran(tmp_path, whole, "--heads", str(tmp_path / "held.jsonl")).returncode == 0


def test_the_names_that_were_erased_are_told_as_erased(tmp_path: Path, database: Database):
    organisation = factories.an_organisation()
    own = factories.an_own_breach(organisation)
    with acting_for(organisation):
        record([Entry("breach", own, "escalation.called", BRAM, {}, {"note": "Sprak met Kees"})])
    with acting_for(organisation):
        forget_person(FENNA.id or uuid4(), ASKED, BRAM)
    with acting_for(organisation):
        destroy_key(BRAM)
    zipped = exported(organisation, own)
    assert FENNA.name not in zipped.decode("latin-1") and "Kees" not in json.dumps(unpacked(zipped)["evidence.json"])
    assert FENNA.name not in json.dumps(unpacked(zipped)["evidence.json"])
    answer = ran(tmp_path, zipped, "--key", key_of(organisation))
    assert answer.returncode == 0 and "2 zijn gewist" in answer.stdout, answer.stdout


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", packed({"evidence.json": {}}),
                                     packed({name: {} for name in JSON}),
                                     packed({name: [] for name in JSON})])  # fmt: skip
def test_what_cannot_be_read_is_one_line(tmp_path: Path, content: bytes):
    answer = ran(tmp_path, content)
    assert (answer.returncode, answer.stderr) == (2, "") and "niet te lezen" in answer.stdout
    assert len(answer.stdout.splitlines()) == 1


def test_two_files_of_one_name_are_no_evidence(tmp_path: Path, whole: bytes):
    (tmp_path / "twice.zip").write_bytes(whole)
    with zipfile.ZipFile(tmp_path / "twice.zip", "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("page.html", "x")
    assert ran(tmp_path, (tmp_path / "twice.zip").read_bytes()).returncode == 2
