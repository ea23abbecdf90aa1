"""An archive that was made to harm: one line, exit status 2, little memory; nothing of it moves the reader's screen."""

import io
import json
import resource
import subprocess
import sys
import zipfile
from pathlib import Path
from uuid import UUID

import pytest

from service.evidence.verify_files import MOST_FILES, shown
from tests import factories
from tests.conftest import Database
from tests.service.zipped import JSON, Files, exported, key_of, packed, program, ran, sign_anew, unpacked

MEMORY = 400 * 1024 * 1024
MB = 1024 * 1024


@pytest.fixture(scope="module")
def own(database: Database) -> tuple[UUID, bytes]:
    organisation = factories.an_organisation()
    return organisation, exported(organisation, factories.an_own_breach(organisation))


def zeros(name: str, size: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for other in (*JSON, "chain.txt"):
            if other != name:
                archive.writestr(other, "{}")
        with archive.open(name, "w", force_zip64=True) as inside:
            for _ in range(size // MB):
                inside.write(b"0" * MB)
    return file.getvalue()


def many_files() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(70_000):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")
    return file.getvalue()


def another_size(whole: bytes) -> bytes:
    """The table of contents says that the first file is one byte."""
    at = whole.rindex(b"PK\x01\x02", 0, whole.index(b"PK\x01\x02") + 4)
    return whole[: at + 24] + (1).to_bytes(4, "little") + whole[at + 28 :]


def damaged(whole: bytes) -> bytes:
    return whole[:60] + bytes(200) + whole[260:]


def deep() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in JSON:
            archive.writestr(name, "[" * 200_000)
    return file.getvalue()


def with_text(name: str, text: bytes, way: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", way) as archive:
        for other in (*JSON, "chain.txt"):
            archive.writestr(other, text if other == name else b"{}")
    return file.getvalue()


HOSTILE = {
    "zeros as facts": lambda whole: zeros("evidence.json", 300 * MB),
    "zeros as chain": lambda whole: zeros("chain.txt", 300 * MB),
    "zeros as something else": lambda whole: zeros("page.html", 300 * MB),
    "many files": lambda whole: many_files(), "another size": another_size, "damaged": damaged,
    "cut off": lambda whole: whole[: len(whole) // 2], "the end alone": lambda whole: whole[-30:],
    "deep": lambda whole: deep(), "no utf-8": lambda whole: with_text("evidence.json", b'"\xff\xfe"'),
    "a number of a million digits": lambda whole: with_text("evidence.json", b"9" * MB),
    "not a number": lambda whole: with_text("evidence.json", b"NaN"),
    "a name twice": lambda whole: with_text("evidence.json", b'{"form": 1, "form": 2}'),
    "packed otherwise": lambda whole: with_text("evidence.json", b"{}", zipfile.ZIP_LZMA),
    "not a zip": lambda whole: b"\x1b[2J" * 100,
}  # fmt: skip


def in_little_memory(tmp_path: Path, zipped: bytes, *words: str) -> subprocess.CompletedProcess[str]:
    """With an address space that a program which swallows all would not fit in."""
    (tmp_path / "evidence.zip").write_bytes(zipped)
    command = [sys.executable, "-I", str(program(tmp_path)), str(tmp_path / "evidence.zip"), *words]
    return subprocess.run(
        command, env={}, capture_output=True, text=True, timeout=120, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_was_made_to_harm_is_one_line(tmp_path: Path, own: tuple[UUID, bytes], name: str):
    answer = in_little_memory(tmp_path, HOSTILE[name](own[1]))
    assert (answer.returncode, answer.stderr) == (2, ""), answer.stdout + answer.stderr
    assert answer.stdout.startswith("Dit bewijs is niet te lezen") and len(answer.stdout.splitlines()) == 1
    assert answer.stdout.strip().isprintable() and "Memory" not in answer.stdout


def test_honest_evidence_fits_in_that_memory(tmp_path: Path, own: tuple[UUID, bytes]):
    assert in_little_memory(tmp_path, own[1], "--key", key_of(own[0])).returncode == 0


NASTY = ["\x1b[2J\x1b[1;1H", "OK\nFOUT", "\r", "\u202egnp.exe", "\u2028", "\x9b31m", "\u200b", "\x00", "\ud800"]


@pytest.mark.parametrize("word", NASTY)
def test_what_is_foreign_stays_on_its_line(tmp_path: Path, own: tuple[UUID, bytes], word: str):
    assert shown(word).isprintable()
    files: Files = unpacked(own[1])
    files["evidence.json"]["organisation"]["name"] = files["evidence.json"]["breach"]["reference"] = f"X{word}Y"
    sign_anew(files, None)
    lines = ran(tmp_path, packed(files)).stdout.split("\n")
    assert all(line.isprintable() for line in lines) and not any(line.startswith("FOUT\n") for line in lines)
    assert len(lines) == len(ran(tmp_path, packed(honest(own[1]))).stdout.split("\n"))


def honest(whole: bytes) -> Files:
    """The same, with a list of files that does not match its signature either."""
    files = unpacked(whole)
    files["evidence.json"]["organisation"]["name"] = files["evidence.json"]["breach"]["reference"] = "XY"
    sign_anew(files, None)
    return files


def test_a_line_of_a_kept_file_may_be_anything(tmp_path: Path, own: tuple[UUID, bytes]):
    for nth, line in enumerate([b"[" * 100_000, b"x" * 2 * MB, b"\xff", b"{}", json.dumps({"statement": 1}).encode()]):
        (tmp_path / f"{nth}.jsonl").write_bytes(line)
        answer = ran(tmp_path, own[1], "--heads", str(tmp_path / f"{nth}.jsonl"))
        assert (answer.returncode, answer.stderr) == (2, "") and len(answer.stdout.splitlines()) == 1


def test_so_many_files_are_enough(own: tuple[UUID, bytes]):
    assert len(unpacked(own[1])) < MOST_FILES / 2
