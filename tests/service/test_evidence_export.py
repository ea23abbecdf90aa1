"""Who gets the proof of a breach, and how: by the API, from the page, with the command; the history tells who did."""

import hashlib
import io
import stat
import subprocess
import zipfile
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask

from service.admission.access import COOKIE
from tenants.history.entries import of_subject
from tenants.history.witness import verify
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tests import factories
from tests.commands import run_command
from tests.conftest import Database
from tests.factories import Office
from tests.service.caller import Caller, caller_for, refused
from tests.service.zipped import exported, key_of, ran, unpacked


def test_the_api_gives_it_to_who_may_export_and_remembers(
    tmp_path: Path, reader: Caller, handler: Caller, stranger: Caller, office: Office, own_breach: UUID
):
    answer = reader.get(f"breaches/{own_breach}/evidence.zip")
    assert answer.status_code == 200 and answer.content_type == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="bewijs-2026-')
    assert answer.headers["Cache-Control"] == "no-store"
    assert ran(tmp_path, answer.get_data(), "--key", key_of(office.id)).returncode == 0
    with acting_for(office.id):
        [entry] = [entry for entry in of_subject(own_breach) if entry.what == "evidence.exported"]
    statement = unpacked(answer.get_data())["manifest.json"]["statement"]
    assert (entry.actor_name, entry.details["manifest"]) == ("Riet", hashlib.sha256(statement.encode()).hexdigest())
    refused(handler.get(f"breaches/{own_breach}/evidence.zip"), 403, "role.not_enough")
    refused(reader.get(f"breaches/{uuid4()}/evidence.zip"), 404, "breach.unknown")
    assert stranger.get(f"breaches/{own_breach}/evidence.zip").status_code == 404
    assert verify(office.id).ok


def test_the_page_has_its_button(app: Flask, office: Office, own_breach: UUID):
    client, who = app.test_client(), factories.a_member(office.id, OWNER)
    assert who.id
    caller = caller_for(app, who.id)
    client.set_cookie(COOKIE, caller.token)
    path = f"/o/{caller.slug}/breaches/{own_breach}"
    assert f'href="{path}/evidence.zip"' in client.get(path).text
    assert zipfile.is_zipfile(io.BytesIO(client.get(f"{path}/evidence.zip").get_data()))


def command(database: Database, *words: str, of: str = "evidence export") -> subprocess.CompletedProcess[str]:
    return run_command(*of.split(), *words, settings=database.config.as_environment())


def test_the_command_writes_it_whole_or_not_at_all(tmp_path: Path, own_database: Database):
    first, other = factories.an_organisation(), factories.an_organisation()
    own, _ = factories.an_own_breach(first), factories.an_own_breach(other)
    slug = own_database.outside("select slug from organisation where id = :o", o=first)[0]["slug"]
    folder = tmp_path / "out"
    folder.mkdir()
    for words in ((str(own),), ("2026-0001", "--organisation", slug)):
        answer = command(own_database, *words, "-o", str(folder / "e.zip"))
        assert answer.returncode == 0 and "2026-0001" in answer.stdout, answer.stderr
        assert ran(tmp_path, (folder / "e.zip").read_bytes(), "--key", key_of(first)).returncode == 0
    assert stat.S_IMODE((folder / "e.zip").stat().st_mode) == 0o600
    wrong = [("2026-0001",), (str(uuid4()),), ("x", "--organisation", "nobody"), ("2026-9999", "--organisation", slug)]
    for words in wrong:
        answer = command(own_database, *words, "-o", str(folder / "n.zip"))
        assert (answer.returncode, answer.stdout) == (2, "") and answer.stderr.count("\n") == 1, words
    assert command(own_database, str(own), "-o", str(tmp_path / "no" / "n.zip")).returncode == 2
    assert command(own_database, str(own), "-o", str(folder)).returncode == 2
    assert [file.name for file in folder.iterdir()] == ["e.zip"]
    with acting_for(first):
        entries = [entry for entry in of_subject(own) if entry.what == "evidence.exported"]
    assert len(entries) == 2 and entries[0].actor_name == "Meldketen"


def test_after_a_new_key_to_sign_with_the_evidence_still_holds(tmp_path: Path, own_database: Database):
    organisation = factories.an_organisation()
    own = factories.an_own_breach(organisation)
    slug = own_database.outside("select slug from organisation where id = :o", o=organisation)[0]["slug"]
    keys = []
    for _ in range(2):
        zipped = exported(organisation, own)
        keys.append(unpacked(zipped)["manifest.json"]["key"])
        assert ran(tmp_path, zipped, "--key", key_of(organisation)).returncode == 0
        answer = command(own_database, "--organisation", slug, "--signing", of="keys rotate")
        assert answer.returncode == 0 and slug in answer.stdout, answer.stderr
    assert keys[0] != keys[1] and len(unpacked(exported(organisation, own))["evidence.json"]["public_keys"]) == 3
    for words in (("rotate", "--signing"), ("destroy", "--organisation", slug, "--yes", "--signing")):
        answer = command(own_database, *words, of="keys")
        assert (answer.returncode, answer.stdout) == (2, "") and answer.stderr.count("\n") == 1
