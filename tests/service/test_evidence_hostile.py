"""An archive that was made to harm: one line, exit status 2, little memory; nothing of it moves the reader's screen."""

import io
import json
import resource
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from uuid import UUID

import pytest

from service.evidence.verify_files import MOST_FILES, content_of, shown
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


def with_chain(whole: bytes, chain: str) -> bytes:
    return packed(unpacked(whole) | {"chain.txt": chain})


def a_long_table() -> bytes:
    """Few files, each with a long remark in the table of contents."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in JSON:
            entry = zipfile.ZipInfo(name)
            entry.comment = b"x" * 60_000
            archive.writestr(entry, b"{}")
    return file.getvalue()


def a_second_end(whole: bytes) -> bytes:
    """With an end for archives of more than 4 GB, whose counts go before those of the end that everybody has."""
    at = whole.rindex(b"PK\x05\x06")
    files, size, start = struct.unpack("<HLL", whole[at + 10 : at + 20])
    second = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, files, files, size, start)
    return whole[:at] + second + struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1) + whole[at:]


HOSTILE = {
    "zeros as facts": (lambda whole: zeros("evidence.json", 300 * MB), "evidence.json is too large"),
    "zeros as chain": (lambda whole: zeros("chain.txt", 300 * MB), "chain.txt is too large"),
    "zeros as something else": (lambda whole: zeros("page.html", 300 * MB), "page.html is too large"),
    "a large file as it is": (
        lambda whole: with_text("evidence.json", bytes(33 * MB), zipfile.ZIP_STORED), "evidence.json is too large"),
    "many files": (lambda whole: many_files(), f"more than {MOST_FILES} files"),
    "a long table": (lambda whole: a_long_table(), f"more than {MOST_FILES} files"),
    "a second end": (a_second_end, f"more than {MOST_FILES} files"),
    "another size": (another_size, "BadZipFile"), "damaged": (damaged, "decompressing"),
    "cut off": (lambda whole: whole[: len(whole) // 2], "not a zip"),
    "the end alone": (lambda whole: whole[-30:], "BadZipFile"),
    "deep": (lambda whole: deep(), "RecursionError"),
    "no utf-8": (lambda whole: with_text("evidence.json", b'"\xff\xfe"'), "UnicodeDecodeError"),
    "a number of a million digits": (lambda whole: with_text("evidence.json", b"9" * MB), "a number is too long"),
    "not a number": (lambda whole: with_text("evidence.json", b"NaN"), "invalid literal"),
    "a name twice": (
        lambda whole: with_text("evidence.json", b'{"form": 1, "form": 2}'), "a name stands twice in one object"),
    "packed otherwise": (
        lambda whole: with_text("evidence.json", b"{}", zipfile.ZIP_LZMA), "packed in another way than deflate"),
    "a chain of one line": (lambda whole: with_chain(whole, "0" * 100_000), "a line is too long"),
    "a file less": (lambda whole: packed({"evidence.json": {}}), "no file chain.json"),
    "not a zip": (lambda whole: b"\x1b[2J" * 100, "not a zip"),
}  # fmt: skip
"""Each with the reason that is told: a defence that is gone shows, also where another would still stop the archive."""


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
    make, reason = HOSTILE[name]
    answer = in_little_memory(tmp_path, make(own[1]))
    assert (answer.returncode, answer.stderr) == (2, ""), answer.stdout + answer.stderr
    assert answer.stdout.startswith("Dit bewijs is niet te lezen") and len(answer.stdout.splitlines()) == 1
    assert answer.stdout.strip().isprintable() and reason in answer.stdout, answer.stdout


@pytest.mark.parametrize(("sizes", "reason"), [
    ({str(number): 0 for number in range(MOST_FILES + 1)}, f"more than {MOST_FILES} files"),
    ({"chain.txt": 511 * MB} | {str(number): 31 * MB for number in range(3)}, "all files together are too large"),
    ({"manifest.json": 2 * MB}, "manifest.json is too large"),
], ids=["many", "large together", "a large list"])  # fmt: skip
def test_a_folder_that_was_made_to_harm_is_one_line(tmp_path: Path, sizes: dict[str, int], reason: str):
    (tmp_path / "evidence").mkdir()
    for name, size in sizes.items():
        with (tmp_path / "evidence" / name).open("wb") as file:
            file.truncate(size)
    command = [sys.executable, "-I", str(program(tmp_path)), str(tmp_path / "evidence")]
    answer = subprocess.run(command, env={}, capture_output=True, text=True, timeout=120, check=False)
    assert (answer.returncode, answer.stderr) == (2, "") and reason in answer.stdout, answer.stdout


def test_honest_evidence_fits_in_that_memory(tmp_path: Path, own: tuple[UUID, bytes]):
    assert in_little_memory(tmp_path, own[1], "--key", key_of(own[0])).returncode == 0


UNPRINTABLE = ["\x1b[2J\x1b[1;1H", "OK\nFOUT", "\r", "\u202egnp.exe", "\u2028", "\x9b31m", "\u200b", "\x00", "\ud800"]


@pytest.mark.parametrize("word", UNPRINTABLE)
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
    lines = {
        b"[" * 100_000: "RecursionError", b"x" * 2 * MB: "the file with ends is too large",
        b"\xff": "UnicodeDecodeError", b"{}": "KeyError", json.dumps({"statement": 1}).encode(): "TypeError",
    }  # fmt: skip
    for nth, (line, reason) in enumerate(lines.items()):
        (tmp_path / f"{nth}.jsonl").write_bytes(line)
        answer = ran(tmp_path, own[1], "--heads", str(tmp_path / f"{nth}.jsonl"))
        assert (answer.returncode, answer.stderr) == (2, "") and len(answer.stdout.splitlines()) == 1
        assert reason in answer.stdout, answer.stdout


def test_a_large_file_is_not_read_as_a_key(tmp_path: Path):
    for size, is_read in ((MB, True), (MB + 1, False)):
        (tmp_path / "key").write_bytes(b"a" * size)
        assert content_of(str(tmp_path / "key")) == ("a" * size if is_read else str(tmp_path / "key"))


def test_what_is_foreign_is_shown_in_part():
    assert shown("x" * 300) == "x" * 300 and shown("x" * 301) == "x" * 300 + "..."


def test_the_evidence_has_less_than_half_of_the_allowed_files(own: tuple[UUID, bytes]):
    assert len(unpacked(own[1])) < MOST_FILES / 2
