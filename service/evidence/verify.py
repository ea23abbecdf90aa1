#!/usr/bin/env python3
"""Checks the evidence of one data breach, without the service that made it.

    python verify.py [evidence.zip or folder] [--other other-partys-evidence.zip] [--lang nl|en]

The history of an organisation is a chain: hash = sha256(hash of the entry before it + sha256(form of the entry)), in
which a form is the text of one entry. evidence.json has the forms of the entries about this breach, chain.json the
sha256 of every form (the leaf) from the first of those to the end of the chain. An entry that is altered, left out,
moved or added gives another end. Names and personal values are beside the forms, which have sha256(salt + value): what
was erased leaves its proof. countersignatures.json has the ends of chains that parties gave each other, signed.
Needs Python 3.9 and the standard library; signatures (Ed25519) are checked where `cryptography` is installed.
Exit status: 0 everything holds, 1 something does not, 2 the evidence cannot be read.
"""

import argparse
import hashlib
import json
import sys
import zipfile
from pathlib import Path

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None  # type: ignore[assignment, misc]

FILES = ("evidence.json", "chain.json", "countersignatures.json", "manifest.json")
KINDS = (".json", ".html", ".txt", ".py")
WORDS = {
    "about": ("Bewijs van datalek {reference} van {organisation}, gemaakt op {at}.",
              "Evidence of data breach {reference} of {organisation}, made on {at}."),
    "file": ("Bestand {file} is later veranderd, weggehaald of erbij gezet.",
             "File {file} was altered, removed or added later."),
    "files": ("Alle {count} bestanden zijn zoals ze zijn gemaakt.", "All {count} files are as they were made."),
    "not_signed": ("De lijst van bestanden is niet ondertekend met een sleutel van de organisatie.",
                   "The list of files was not signed with a key of the organisation."),
    "signed": ("De organisatie heeft de lijst van bestanden ondertekend met sleutel {key}.",
               "The organisation signed the list of files with key {key}."),
    "no_chain": ("De keten van regel {first} tot en met {last} komt niet uit op het einde dat erbij hoort.",
                 "The chain from entry {first} to {last} does not come to its end."),
    "chain": ("De keten van regel {first} tot en met {last} klopt, tot en met het einde.",
              "The chain from entry {first} to {last} holds, up to its end."),
    "entry": ("Regel {seq} is veranderd, staat niet op zijn plaats in de keten of hoort niet bij dit datalek.",
              "Entry {seq} was altered, is not in its place in the chain, or is not about this breach."),
    "entries": ("Alle {count} regels over dit datalek staan in de keten zoals ze zijn geschreven.",
                "All {count} entries about this breach stand in the chain as they were written."),
    "name": ("De naam of een persoonlijke waarde bij regel {seq} is niet wat er is vastgelegd.",
             "The name or a personal value at entry {seq} is not what was recorded."),
    "names": ("{count} namen en persoonlijke waarden kloppen; {erased} zijn gewist, het bewijs ervan staat er nog.",
              "{count} names and personal values hold; {erased} were erased, the proof of them remains."),
    "rewritten": ("{party} kreeg een ander einde bij regel {seq} dan deze keten heeft: de keten is herschreven.",
                  "{party} was given another end at entry {seq} than this chain has: the chain was rewritten."),
    "given_wrong": ("De verklaring over regel {seq} aan {party} is niet door de organisatie ondertekend.",
                    "The statement about entry {seq} to {party} was not signed by the organisation."),
    "given": ("{party} heeft het einde bij regel {seq}, en deze keten heeft daar hetzelfde.",
              "{party} holds the end at entry {seq}, and this chain has the same there."),
    "held_wrong": ("De verklaring van {party} over regel {seq} klopt niet met de handtekening of met deze keten.",
                   "The statement of {party} about entry {seq} does not match its signature or this chain."),
    "held": ("{party} gaf het einde van haar keten bij regel {seq}; dat staat in deze keten.",
             "{party} gave the end of its chain at entry {seq}; that stands in this chain."),
    "held_lost": ("Volgens regel {seq} gaf een andere partij het einde van haar keten, maar de verklaring ontbreekt.",
                  "According to entry {seq} another party gave the end of its chain, but the statement is missing."),
    "unchecked": ("Handtekeningen zijn NIET gecontroleerd. Doe: pip install cryptography, en controleer opnieuw.",
                  "Signatures were NOT checked. Do: pip install cryptography, and check again."),
    "key": ("Vraag de andere partij of zij deze sleutel van {organisation} kent: {key}",
            "Ask the other party whether it knows this key of {organisation}: {key}"),
    "holds": ("Alles wat is gecontroleerd, klopt.", "Everything that was checked holds."),
    "broken": ("Dit bewijs klopt niet: {count} keer fout.", "This evidence does not hold: {count} faults."),
    "unreadable": ("Dit bewijs is niet te lezen: {why}", "This evidence cannot be read: {why}"),
}


class Report:
    """What holds and what does not, in plain words."""

    def __init__(self, language):
        self.language, self.faults = language, 0

    def words(self, key, /, **values):
        return WORDS[key][0 if self.language == "nl" else 1].format(**values)

    def say(self, sign, key, /, **values):
        print(f"{sign:<4} {self.words(key, **values)}")

    def unless(self, holds, key, /, **values):
        """Say what is wrong, unless it holds."""
        if not holds:
            self.faults += 1
            self.say("FOUT" if self.language == "nl" else "FAIL", key, **values)
        return bool(holds)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def key_id(public_key):
    return sha256(bytes.fromhex(public_key)).hex()[:32]


def may_be_signed(statement, signature, public_key):
    """Whether this key signed this text; where that cannot be checked, it may be."""
    if Ed25519PublicKey is None:
        return True
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), statement.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def read(source):
    """The bytes of every file by its name, and the content of those that are checked."""
    if source.is_dir():
        files = {file.name: file.read_bytes() for file in source.iterdir() if file.suffix in KINDS}
    else:
        with zipfile.ZipFile(source) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
            if len(files) != len(archive.namelist()):
                raise ValueError("two files of one name")
    return files, [json.loads(files[name]) for name in FILES]


def check_files(report, files, manifest, keys):
    listed, before = json.loads(manifest["statement"])["files"], report.faults
    for name in sorted((set(listed) | set(files)) - {"manifest.json"}):
        report.unless(sha256(files.get(name, b"?")).hex() == listed.get(name), "file", file=name)
    if report.faults == before:
        report.say("OK", "files", count=len(listed))
    public = keys.get(manifest["key"])
    signed = public and may_be_signed(manifest["statement"], manifest["signature"], public)
    if report.unless(signed, "not_signed") and Ed25519PublicKey is not None:
        report.say("OK", "signed", key=manifest["key"])


def check_chain(report, chain):
    """The end of the chain after each entry, by its number."""
    first, last, end = chain["first"], chain["last"], bytes.fromhex(chain["before"])
    ends = {first - 1: end}
    for seq, leaf in enumerate(chain["leaves"], first):
        ends[seq] = end = sha256(end, bytes.fromhex(leaf))
    whole = end.hex() == chain["head"] and len(chain["leaves"]) == last - first + 1
    if report.unless(whole, "no_chain", first=first, last=last):
        report.say("OK", "chain", first=first, last=last)
    return ends


def check_entries(report, evidence, ends):
    """The forms of the entries, read."""
    before, last, forms = report.faults, 0, [json.loads(entry["form"]) for entry in evidence["entries"]]
    for entry, form in zip(evidence["entries"], forms):  # noqa: B905 (Python 3.9 has no strict=)
        seq = entry["seq"]
        stands = ends.get(seq) == sha256(ends.get(seq - 1, b"?"), sha256(entry["form"].encode()))
        stands = stands and (entry["before"], entry["hash"]) == (ends[seq - 1].hex(), ends[seq].hex())
        own = form[1:3] == [evidence["organisation"]["id"], seq] and form[5] in evidence["subjects"]
        report.unless(seq > last and stands and own, "entry", seq=seq)
        last = seq
    if report.faults == before:
        report.say("OK", "entries", count=len(forms))
    return forms


def check_names(report, entries, forms):
    before, whole, erased = report.faults, 0, 0
    for entry, form in zip(entries, forms):  # noqa: B905 (Python 3.9 has no strict=)
        for kept, committed in ((entry["name"], form[10]), (entry["personal"], form[14])):
            if kept and committed and kept.get("erased"):
                erased += 1
            elif kept and committed:
                salted = sha256(bytes.fromhex(kept["salt"]), kept["value"].encode()).hex()
                whole += report.unless(salted == committed, "name", seq=entry["seq"])
            else:
                report.unless(kept is None and committed is None, "name", seq=entry["seq"])
    if report.faults == before:
        report.say("OK", "names", count=whole, erased=erased)


def check_given(report, statements, organisation, keys, ends):
    """What others hold of this chain; an end from before this part of the chain says nothing here."""
    for one in statements:
        said = json.loads(one["statement"])
        told = {"party": (one["holder"] or {}).get("name") or said["to"], "seq": said["seq"]}
        own = said["organisation"] == organisation and one["public_key"] in keys.values()
        signed = own and may_be_signed(one["statement"], one["signature"], one["public_key"])
        if report.unless(signed, "given_wrong", **told) and said["seq"] >= min(ends):
            same = ends.get(said["seq"], b"").hex() == said["head"]
            if report.unless(same, "rewritten", **told):
                report.say("OK", "given", **told)


def check_held(report, statements, organisation, forms):
    """What this organisation holds of others: since it was received, it stands in its own chain."""
    chained = {(f[5], f[13]["seq"], f[13]["head"], f[13]["key"]): f[2] for f in forms if f[6] == "head.received"}
    lost = dict(chained)
    for one in statements:
        said, key = json.loads(one["statement"]), key_id(one["public_key"])
        told = {"party": one["giver"]["name"], "seq": said["seq"]}
        entry = (said["about"], said["seq"], said["head"], key)
        right = entry in chained and (said["to"], said["organisation"]) == (organisation, one["giver"]["id"])
        signed = right and may_be_signed(one["statement"], one["signature"], one["public_key"])
        if report.unless(signed, "held_wrong", **told):
            report.say("OK", "held", **told)
        lost.pop(entry, None)
    for seq in lost.values():
        report.unless(False, "held_lost", seq=seq)


def check(report, source, other):
    files, (evidence, chain, statements, manifest) = read(source)
    organisation, reference = evidence["organisation"]["id"], evidence["breach"]["reference"]
    name = {"organisation": evidence["organisation"]["name"]}
    print(report.words("about", reference=reference, at=evidence["made_at"][:16], **name))
    keys = {key_id(key["public_key"]): key["public_key"] for key in evidence["public_keys"]}
    check_files(report, files, manifest, keys)
    ends = check_chain(report, chain)
    forms = check_entries(report, evidence, ends)
    check_names(report, evidence["entries"], forms)
    check_given(report, statements["given"], organisation, keys, ends)
    check_held(report, statements["held"], organisation, forms)
    if other:
        theirs, _, held, _ = read(other)[1]
        of_us = [one for one in held["held"] if one["giver"]["id"] == organisation]
        check_given(report, [{**one, "holder": theirs["organisation"]} for one in of_us], organisation, keys, ends)
    if Ed25519PublicKey is None:
        report.say("!!", "unchecked")
    for key in keys:
        report.say("--", "key", key=key, **name)


def main():
    parser = argparse.ArgumentParser(description="Checks the evidence of one data breach.")
    parser.add_argument("source", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--other", type=Path, help="the evidence of the other party, to compare with")
    parser.add_argument("--lang", choices=("nl", "en"), default="nl")
    given = parser.parse_args()
    report = Report(given.lang)
    try:
        check(report, given.source, given.other)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, zipfile.BadZipFile) as fault:
        print(report.words("unreadable", why=f"{type(fault).__name__} {fault}"))
        return 2
    print(report.words("broken", count=report.faults) if report.faults else report.words("holds"))
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
