"""``meldketen history verify``: whether any organisation's history was altered, and where it breaks first.

Reads as the app does, behind its policies, one organisation at a time. One line for each; with `--json` stdout has one
object: {"organisations": [{"organisation", "entries", "erased", "ok", "seq", "why", "witnessed",
"stamped_at"}], "disagreements": [{"organisation", "why", "seq", "party", "at"}], "entries", "broken", "seconds", "ok"}.
Exit status 0 only when every history is whole.
"""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.x509 import Certificate

from service.running.app_without_routes import app_without_routes
from service.running.installation import add_data, config_of
from service.running.stamping import trusted_of
from service.words.law_texts import LANGUAGES, law_texts
from service.words.one_line import refuse
from tenants.database import db
from tenants.history.countersignatures import is_signed
from tenants.history.witness import Verified, organisations_to_verify, verify
from tenants.isolation import acting_for
from workflows.evidence.witnessing import ends_stamped


def add_arguments(parser: ArgumentParser) -> None:
    """Add whose history to verify, and in which form to answer."""
    parser.add_argument("verb", choices=["verify"], help="read every entry, and tell where the chain breaks")
    parser.add_argument("--organisation", metavar="SLUG", help="of this organisation alone (default: of all)")
    parser.add_argument("--lang", choices=LANGUAGES, default="nl", help="of what it says (default: nl)")
    parser.add_argument("--heads", metavar="FILE", type=Path, help="signed ends that were kept elsewhere (HEADS_FILE)")
    add_data(parser)
    parser.add_argument("--json", action="store_true", help="nothing on stdout but the JSON")


def run(arguments: Namespace) -> int:
    """Verify the histories in the database that the environment names."""
    begun, words = time.monotonic(), law_texts("history", arguments.lang)
    config = config_of(arguments.data)
    with app_without_routes(config).app_context():
        try:
            kept = kept_ends(arguments.heads) if arguments.heads else {}
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return refuse("meldketen history", words["heads_unreadable"].format(file=arguments.heads))
        wanted = organisations_to_verify(arguments.organisation)
        if not wanted and arguments.organisation:
            return refuse("meldketen history", words["unknown"].format(organisation=arguments.organisation))
        results: list[_Found] = []
        for organisation, slug in wanted:
            results.append(_verified(organisation, slug, kept.get(str(organisation), []), trusted_of(config)))
            print(*_lines(results[-1], words), sep="\n", file=sys.stderr if arguments.json else sys.stdout, flush=True)
        db.engine.dispose()
    answer = _told(results, time.monotonic() - begun)
    print(json.dumps(answer) if arguments.json else words["sum"].format(**answer | {"organisations": len(results)}))
    return 0 if answer["ok"] else 1


@dataclass(frozen=True)
class _Found:
    """What was found about one organisation, and when the newest end that a time stamp proves was stamped."""

    slug: str
    verified: Verified
    stamped_at: datetime | None


def _verified(organisation: UUID, slug: str, kept: list[tuple[int, str]], trusted: Sequence[Certificate]) -> _Found:
    with acting_for(organisation):
        stamped, at = ends_stamped(trusted) if trusted else ([], None)
    return _Found(slug, verify(organisation, [*kept, *stamped]), at)


def _lines(of: _Found, words: dict[str, str]) -> list[str]:
    """Return the lines about this organisation, followed by what each other party holds that contradicts it."""
    seen = of.verified
    values = {"organisation": of.slug, "entries": seen.entries, "erased": seen.erased, "seq": seen.seq,
            "witnessed": seen.witnessed}  # fmt: skip
    others = [
        words[f"others.{other.why}"].format(party=other.party, seq=other.seq, at=other.at.date().isoformat())
        for other in seen.disagreements
    ]
    reach = "witnessed" if seen.witnessed else "witnessed_none"
    stamped = [words["stamped"].format(at=of.stamped_at.isoformat())] if of.stamped_at else []
    lines = [words["witnessed_all" if seen.witnessed >= seen.entries else reach].format(**values), *stamped, *others]
    return [words[f"why.{seen.why}" if seen.why else "whole"].format(**values), *(f"  {line}" for line in lines)]


def kept_ends(file: Path) -> dict[str, list[tuple[int, str]]]:
    """Return the ends in a file that was written once, by organisation.

    Raises OSError when it cannot be read, and ValueError for an end that is not signed.
    """
    ends: dict[str, list[tuple[int, str]]] = {}
    for line in file.read_text("utf-8").splitlines():
        kept = json.loads(line)
        if not is_signed(kept["statement"], bytes.fromhex(kept["signature"]), bytes.fromhex(kept["public_key"])):
            raise ValueError("not signed")
        statement = json.loads(kept["statement"])
        ends.setdefault(statement["organisation"], []).append((statement["seq"], statement["head"]))
    return ends


def _told(of_each: list[_Found], seconds: float) -> dict[str, Any]:
    results = [(result.slug, result.verified) for result in of_each]
    rows = [
        {"organisation": of.slug, "entries": of.verified.entries, "erased": of.verified.erased, "ok": of.verified.ok,
         "seq": of.verified.seq, "why": of.verified.why, "witnessed": of.verified.witnessed,
         "stamped_at": of.stamped_at.isoformat() if of.stamped_at else None}
        for of in of_each
    ]  # fmt: skip
    broken = sum(not result.ok for _, result in results)
    entries = sum(result.entries for _, result in results)
    others = [
        {"organisation": slug, "why": what.why, "seq": what.seq, "party": what.party, "at": what.at.isoformat()}
        for slug, result in results for what in result.disagreements
    ]  # fmt: skip
    return {"organisations": rows, "disagreements": others, "entries": entries, "broken": broken,
            "seconds": round(seconds, 2), "ok": not broken}  # fmt: skip
