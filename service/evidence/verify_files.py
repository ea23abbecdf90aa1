"""Reads a zip or a folder from an unknown sender. It never reads more than fits in memory or than is allowed."""

import hashlib
import json
import os
import zipfile
from pathlib import Path

MB = 1024 * 1024
MOST = {"manifest.json": MB, "chain.json": MB, "timestamps.json": MB, "chain.txt": 512 * MB}
MOST_OF_A_FILE, MOST_OF_ALL, MOST_FILES, LONGEST_LINE = 32 * MB, 600 * MB, 40, 200
TIMES = 300
"""Text shrinks to about a tenth in a zip. Content that shrinks to less than a three-hundredth was made to do harm."""
CONTENTS = 64 * 1024
LEFT_BY_OTHERS = ("__pycache__", "Thumbs.db", "desktop.ini")
"""Files that Python and file managers leave in a folder, besides names that begin with a dot."""


class Unreadable(Exception):
    """The archive cannot be read. The message says why, in a word or two."""


def _may_lie_beside(name):
    """Return whether this file is no part of the evidence: the zip that it came from, or a file that a program left."""
    return name in LEFT_BY_OTHERS or name.startswith(".") or name.endswith(".zip")


class Source:
    """The files of one evidence, in a zip or in a folder."""

    def __init__(self, path):
        self.path = Path(path)
        self.archive = None
        if self.path.is_dir():
            self.names = sorted(file.name for file in self.path.iterdir() if not _may_lie_beside(file.name))
        else:
            self._unzip()
        if len(self.names) > MOST_FILES:
            raise Unreadable(f"more than {MOST_FILES} files")

    def _unzip(self):
        if not self.path.is_file():
            raise Unreadable("no such file")
        _refuse_a_large_table(self.path)
        self.archive = zipfile.ZipFile(str(self.path))
        self.size = self.path.stat().st_size
        self.names = self.archive.namelist()
        if len(set(self.names)) != len(self.names):
            raise Unreadable("two files of one name")
        readable = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if any(member.compress_type not in readable for member in self.archive.infolist()):
            raise Unreadable("packed in another way than deflate")

    def chunks(self, name):
        """Yield the bytes of a file in parts. They are counted while they are read, because the header may be false.

        Raises Unreadable when there is no such file, or when it is too large.
        """
        if name not in self.names:
            raise Unreadable(f"no file {name}")
        most, read = MOST.get(name, MOST_OF_A_FILE), 0
        with self.archive.open(name) if self.archive else (self.path / name).open("rb") as file:
            for chunk in iter(lambda: file.read(64 * 1024), b""):
                read += len(chunk)
                if read > most or (self.archive and read > MB and read > TIMES * self.size):
                    raise Unreadable(f"{name} is too large")
                yield chunk

    def digests(self):
        """Return the SHA-256 of each file. Raises Unreadable when all together are too large."""
        hashes, total = {}, 0
        for name in self.names:
            digest = hashlib.sha256()
            for chunk in self.chunks(name):
                total += len(chunk)
                if total > MOST_OF_ALL:
                    raise Unreadable("all files together are too large")
                digest.update(chunk)
            hashes[name] = digest.hexdigest()
        return hashes

    def json(self, name):
        """Return the content of a JSON file. A name that stands twice in one object is refused."""
        return read_json(b"".join(self.chunks(name)))

    def lines(self, name):
        """Yield the lines of a file. Raises Unreadable for a line that is too long."""
        rest = b""
        for chunk in self.chunks(name):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
            if len(rest) > LONGEST_LINE:
                raise Unreadable("a line is too long")
        if rest:
            yield rest


def read_json(content):
    """Return the JSON value. Anything that two programs could read in two ways is refused."""
    return json.loads(content, object_pairs_hook=_once, parse_int=_whole, parse_constant=_whole)


def _once(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Unreadable("a name stands twice in one object")
    return members


def _whole(digits):
    if len(digits) > 40:
        raise Unreadable("a number is too long")
    return int(digits)


def _refuse_a_large_table(path):
    """Check the size of the table of contents first, because it is read as a whole.

    Raises Unreadable for too many files, and for a file that is no zip.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 66 * 1024))
        end = file.read()
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) < at + 22:
        raise Unreadable("not a zip")
    files, table = int.from_bytes(end[at + 10 : at + 12], "little"), int.from_bytes(end[at + 12 : at + 16], "little")
    if end[max(0, at - 20) : at].startswith(b"PK\x06\x07") or files > MOST_FILES or table > CONTENTS:
        raise Unreadable(f"more than {MOST_FILES} files")


def shown(value):
    """Return text of an unknown sender on one line: signs that move, hide or turn text are written as codes."""
    text = str(value)
    text = text if len(text) <= 300 else text[:300] + "..."
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def content_of(words):
    """Return the words that were typed, or the content of the file of that name."""
    if os.path.isfile(words) and os.path.getsize(words) <= MB:
        return Path(words).read_text("utf-8").strip()
    return words.strip()


def read_lines(path):
    """Yield the lines of a file that somebody kept. Raises Unreadable when the file is too large."""
    read = 0
    with open(path, "rb") as file:
        for line in iter(lambda: file.readline(MB), b""):
            read += len(line)
            if len(line) == MB or read > MOST_OF_ALL:
                raise Unreadable("the file with ends is too large")
            if line.strip():
                yield line
