"""``meldketen law advise``: the duties that follow from the facts of a breach, and why. Art. 33, 34, UAVG Art. 42."""

import json
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

from service.commands.law_due import add_moment
from service.commands.law_files import read_facts
from service.words.advice_json import advice_json, draft_json
from service.words.law_texts import LANGUAGES
from workflows.law import gdpr
from workflows.law.advice import advise
from workflows.law.moments import read_local, read_zone


def add_arguments(parser: ArgumentParser) -> None:
    """Add the file with facts in the words of the vocabulary."""
    parser.add_argument("facts", metavar="FACTS.yaml", type=Path, help="a mapping of facts, YAML or JSON")
    add_moment(parser, required=False)
    parser.add_argument("--terms", choices=("law", "draft"), default="law", help="draft: show what would change too")
    parser.add_argument("--lang", choices=LANGUAGES, default="nl", help="the language of the texts")


def run(arguments: Namespace) -> int:
    """Print the advice under the terms on the day of awareness, or of today when that day is not known."""
    facts = read_facts(arguments.facts)
    terms = gdpr.terms_on(_aware_at(arguments).astimezone(read_zone(arguments.zone)).date())
    advice = advise(facts, terms)
    answer = advice_json(advice, arguments.lang)
    if arguments.terms == "draft":
        answer["draft"] = [draft_json(advice, terms, advise(facts, draft), draft) for draft in gdpr.drafts()]
    print(json.dumps(answer, ensure_ascii=False, default=sorted))
    return 0


def _aware_at(arguments: Namespace) -> datetime:
    if arguments.aware_at is None:
        return datetime.now(UTC)
    return read_local(arguments.aware_at, arguments.zone, arguments.fold)
