"""`meldketen law form`: the AP's form with its answers and gaps, as JSON on the last line. Art. 33(3)."""

import argparse
import json
import sys
from pathlib import Path

from service.commands.law_files import read_facts
from workflows.law.ap_form import fill
from workflows.law.ap_form.model import LANGUAGES
from workflows.law.ap_form.plain import as_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file with what is known of a breach, and the language of the labels."""
    parser.add_argument("--breach", metavar="FILE", type=Path, help="YAML or JSON; without it, the empty form")
    parser.add_argument("--lang", choices=LANGUAGES, default="nl", help="the language of the labels")


def run(arguments: argparse.Namespace) -> int:
    """Print the form. A file that cannot be read, or a fact outside the vocabulary, gets one line and status 2."""
    try:
        form = fill(read_facts(arguments.breach) if arguments.breach else {})
    except (ValueError, OverflowError) as error:
        print(f"meldketen law form: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    print(json.dumps(as_json(form, arguments.lang), ensure_ascii=False))
    return 0
