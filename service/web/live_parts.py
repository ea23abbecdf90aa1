"""The parts of a page that stays open, as HTML: the page is sent them when they differ from those that it has."""

import re
from collections.abc import Mapping
from hashlib import sha256

from flask import jsonify, request
from flask.typing import ResponseReturnValue

COUNTED_DOWN = re.compile(r"(<time\b[^>]*>)[^<]*")
"""The words of a moment, which the page itself counts down."""


def answer(parts: Mapping[str, str], version: str | None = None) -> ResponseReturnValue:
    """Return these parts by their names, with their version; only the version when the page has them already.

    Without a version it follows from the parts themselves.
    """
    version = version or version_of(*parts.values())
    if version == request.args.get("version"):
        return jsonify(version=version)
    return jsonify(version=version, fragments=parts)


def version_of(*words: str) -> str:
    """Return a value that differs when these words do, apart from those that the page itself counts down."""
    return sha256(COUNTED_DOWN.sub(r"\1", "".join(words)).encode()).hexdigest()[:16]
