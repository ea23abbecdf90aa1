"""``meldketen law severity``: ENISA's score, band and flags from its parts."""

import json
from argparse import ArgumentParser, Namespace

from workflows.law.severity import CIRCUMSTANCE, IDENTIFICATION, Parts, read_quarters, severity

LOST = ("confidentiality", "integrity", "availability")


def add_arguments(parser: ArgumentParser) -> None:
    """Add the parts of the score, in the words of ENISA."""
    parser.add_argument("--dpc", type=int, required=True, help="data processing context: 1, 2, 3 or 4")
    parser.add_argument("--ei", required=True, help="ease of identification: 0.25, 0.5, 0.75 or 1")
    for part in LOST:
        parser.add_argument(f"--{part}", required=True, help="0, 0.25 or 0.5")
    parser.add_argument("--malicious", action="store_true", help="there was bad intent")
    parser.add_argument("--people", type=int, help="how many people; left out: not known")
    parser.add_argument("--unintelligible", action="store_true", help="nobody can read the data, the key is safe")


def run(arguments: Namespace) -> int:
    """Print the severity. Raises ScoreOutOfRange for a part outside its scale."""
    lost = {part: read_quarters(part, getattr(arguments, part), CIRCUMSTANCE) for part in LOST}
    ei = read_quarters("ei", arguments.ei, IDENTIFICATION)
    parts = Parts(dpc=arguments.dpc, ei=ei, malicious=arguments.malicious, **lost)
    result = severity(parts, arguments.people, arguments.unintelligible)
    print(json.dumps({"score": float(result.score), "band": result.band, "flags": result.flags}))
    return 0
