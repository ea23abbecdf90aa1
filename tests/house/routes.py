"""The routes of the app, and addresses that they answer."""

import re
from collections.abc import Iterator
from uuid import uuid4

from flask import Flask
from werkzeug.routing import Rule


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method of every route, but for files that are the same for everybody."""
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.endswith("static"):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule


def is_public(app: Flask, method: str, rule: Rule) -> bool:
    view = app.view_functions[rule.endpoint]
    of_method = getattr(getattr(view, "view_class", None), method.lower(), None)
    return any(getattr(marked, "is_public", False) for marked in (view, of_method))


def path_of(rule: Rule) -> str:
    return filled(rule.rule)


def filled(address: str) -> str:
    """With ids of nothing where it asks for ids, 1 for a number, csv for the ending of a file, and a name for a name.
    """
    with_ids = re.sub(r"<uuid:[^>]+>", str(uuid4()), address).replace("<ending:ending>", "csv")
    return re.sub(r"<[^>]+>", "de-linde", re.sub(r"<int:[^>]+>", "1", with_ids))
