#!/usr/bin/env python3
"""Checks the evidence of one data breach, without the service that made it.

    python -I verify.py [evidence.zip or folder] [--key KEY] [--head ENTRY:SHA256] [--heads FILE]
                        [--other other-partys-evidence.zip] [--stamps FOLDER] [--lang nl|en]

The history of an organisation is a chain: hash = sha256(hash of the entry before it + leaf of the entry). The leaf is
sha256(tag + sha256(form)), the form is the text of the entry, and the tag is sha256(key of its subject + its number):
whoever has a subject's key sees which entries are about it, and that none is left out. (Form 1, from before there were
tags, has sha256(form) as its leaf.) evidence.json has the forms about this breach, chain.txt a line for every entry up
to the end. Names and personal values are beside the forms, which have sha256(salt + value): what was erased leaves its
proof. The register follows from the entries; each entry about the breach bears its hash.
A file cannot vouch for itself: give the organisation's key, or an end of its chain, as somebody else has it.
Needs Python 3.8 and the standard library.
Exit status: 0 everything holds, 1 something does not, 2 the evidence cannot be read, 3 nobody else vouches for the key.
"""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
from verify_chain import (
    Proof,
    check_chain,
    check_complete,
    check_entries,
    check_names,
    key_id,
    signed_by,
)  # fmt: skip
from verify_files import content_of, read_json, read_lines, shown
from verify_register import check_register
from verify_stamps import check_stamps, write_stamps
from verify_words import WORDS


class Report:
    """What holds and what does not, in plain words."""

    def __init__(self, language):
        self.language, self.faults, self.is_open = language, 0, False

    def words(self, key, /, **values):
        values_shown = {name: shown(value) for name, value in values.items()}
        return WORDS[key][0 if self.language == "nl" else 1].format(**values_shown)

    def say(self, sign, key, /, **values):
        print(f"{sign:<4} {self.words(key, **values)}")

    def unless(self, holds, key, /, **values):
        """Record the fault, unless the condition holds."""
        if not holds:
            self.faults += 1
            self.say("FOUT" if self.language == "nl" else "FAIL", key, **values)
        return bool(holds)


def check_files(report, proof):
    statement = read_json(proof.manifest["statement"])
    listed, before = statement["files"], report.faults
    for name in sorted((set(listed) | set(proof.digests)) - {"manifest.json"}):
        report.unless(proof.digests.get(name, "?") == listed.get(name), "file", file=name)
    if report.faults == before:
        report.say("OK", "files", count=len(listed))
    report.unless((statement["organisation"], statement["breach"]) == (proof.organisation, proof.breach), "manifest")
    public = proof.keys.get(proof.manifest["key"])
    if report.unless(public and signed_by(proof.manifest, public), "not_signed"):
        report.say("OK", "signed", key=proof.manifest["key"])


def check_given(report, proof):
    """Check what others hold of this chain. An end from before this part of the chain proves nothing here."""
    for countersigned in proof.signed["given"]:
        said = read_json(countersigned["statement"])
        values = {"party": countersigned["holder"]["name"], "seq": said["seq"]}
        own = said["organisation"] == proof.organisation and countersigned["public_key"] in proof.keys.values()
        if report.unless(own and signed_by(countersigned, countersigned["public_key"]), "given_wrong", **values):
            check_end(report, proof, said["seq"], said["head"], values["party"])


def check_end(report, proof, seq, head, party):
    """Return whether this chain has the end that somebody else has."""
    if not proof.head["first"] - 1 <= seq <= proof.last:
        return False
    same = proof.ends.get(seq, b"").hex() == head
    if report.unless(same, "rewritten", party=party, seq=seq):
        report.say("OK", "given", party=party, seq=seq)
    return same


def check_held(report, proof):
    """Check what this organisation holds of others. Each statement stands in its own chain. Return those statements."""
    chained = {(f[5], f[13]["seq"], f[13]["head"], f[13]["key"]): f[2] for f in proof.forms if f[6] == "head.received"}
    lost, right = dict(chained), []
    for held in proof.signed["held"]:
        said = read_json(held["statement"])
        values = {"party": held["giver"]["name"], "seq": said["seq"]}
        entry = (said["about"], said["seq"], said["head"], key_id(held["public_key"]))
        whole = entry in chained and (said["to"], said["organisation"]) == (proof.organisation, held["giver"]["id"])
        if report.unless(whole and signed_by(held, held["public_key"]), "held_wrong", **values):
            report.say("OK", "held", **values)
            right.append(held)
        lost.pop(entry, None)
    for seq in lost.values():
        report.unless(False, "held_lost", seq=seq)
    return right


def check_whole(report, proof):
    """Check everything that the file can show by itself. Return what it holds of others."""
    of_entries = check_chain, check_entries, check_complete, check_names, check_register
    for check in (check_files, *of_entries, check_given, check_stamps):
        check(report, proof)
    return check_held(report, proof)


def outside(report, arguments):
    """Return what the reader has from elsewhere: statements with their party, and keys, whole or their first signs."""
    keys, ends, statements = [content_of(key).lower() for key in arguments.key], [], []
    for end in arguments.head:
        seq, _, head = content_of(end).partition(":")
        ends.append((int(seq), head.strip().lower(), report.words("reader")))
    for file in arguments.heads:
        statements += [(read_json(line), report.words("keeper")) for line in read_lines(file)]
    if arguments.other:
        other = Proof(arguments.other)
        print(report.words("other", organisation=other.name))
        statements += [(held, other.name) for held in check_whole(report, other)]
    return keys, ends, statements


def check_outside(report, proof, keys, ends):
    """Check whether somebody else vouches: for an end of this chain after its key began, or for the key itself."""
    proven = [seq for seq, head, party in ends if check_end(report, proof, seq, head, party)]
    key, reach = proof.manifest["key"], max(proven, default=0)
    public = proof.keys.get(key, "?")
    if proven:
        report.say("OK", "proven", seq=reach)
    begun = [f[2] for f in proof.forms_beside if f[6] == "signing_key.begun" and f[13].get("public_key") == public]
    report.unless(begun, "no_key", key=key)
    if {key, public} & set(keys) or (begun and min(begun) <= reach):
        report.say("OK", "vouched", key=key)
        if reach < proof.last:
            report.say("--", "after", seq=reach)
    else:
        report.is_open = True
        report.say("!!", "unvouched", key=key, organisation=proof.name)


def check(report, arguments):
    keys, ends, statements = outside(report, arguments)
    said = [(read_json(signed["statement"]), signed, party) for signed, party in statements]
    proof = Proof(arguments.source, [seq for seq, _, _ in ends] + [statement["seq"] for statement, _, _ in said])
    at = proof.evidence["made_at"][:16]
    print(report.words("about", reference=proof.evidence["breach"]["reference"], at=at, organisation=proof.name))
    for statement, signed, party in said:
        own = statement["organisation"] == proof.organisation
        if own and report.unless(signed_by(signed, signed["public_key"]), "outside"):
            keys.append(signed["public_key"])
            ends.append((statement["seq"], statement["head"], party))
    check_whole(report, proof)
    check_outside(report, proof, keys, ends)
    if arguments.stamps:
        write_stamps(proof, arguments.stamps)


def main(words=None):
    parser = argparse.ArgumentParser(description="Checks the evidence of one data breach.")
    parser.add_argument("source", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", action="append", default=[], help="the organisation's key, from elsewhere; or a file")
    parser.add_argument("--head", action="append", default=[], help="an end of the chain from a mail: ENTRY:SHA256")
    parser.add_argument("--heads", action="append", default=[], help="a file that is written once, with signed ends")
    parser.add_argument("--other", type=Path, help="the evidence of the other party, to compare with")
    parser.add_argument("--stamps", type=Path, help="the folder to write each time stamp in, for openssl")
    parser.add_argument("--lang", choices=("nl", "en"), default="nl")
    arguments = parser.parse_args(words)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    report = Report(arguments.lang)
    try:
        check(report, arguments)
    except Exception as fault:
        print(report.words("unreadable", why=f"{type(fault).__name__} {fault}"))
        return 2
    print(report.words("broken" if report.faults else "open" if report.is_open else "holds", count=report.faults))
    return 1 if report.faults else 3 if report.is_open else 0


if __name__ == "__main__":
    sys.exit(main())
