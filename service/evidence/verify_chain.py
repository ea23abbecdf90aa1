"""The chain in an evidence, and the entries about the breach: unchanged, in their place, and complete."""

import hashlib

from verify_ed25519 import is_signed
from verify_files import Source, Unreadable, read_json

STAMPS = "timestamps.json"
BIRTH = ("breach.opened", "breach.received", "breach.taken_over")
ENTRY, SUBJECT = {"seq", "form", "before", "hash", "name", "personal"}, {"id", "key"}
VALUE, ERASED = {"salt", "value"}, {"erased", "erased_at"}
"""The parts of which an entry consists, for each kind."""


class Proof:
    """One evidence as it was read, and the ends of its chain."""

    def __init__(self, path, anchors=()):
        self.source = Source(path)
        self.digests = self.source.digests()
        self.evidence, self.head = self.source.json("evidence.json"), self.source.json("chain.json")
        self.signed, self.manifest = self.source.json("countersignatures.json"), self.source.json("manifest.json")
        self.stamps = self.source.json(STAMPS) if STAMPS in self.source.names else []
        self.organisation, self.breach = self.evidence["organisation"]["id"], self.evidence["breach"]["id"]
        self.name = self.evidence["organisation"]["name"]
        self.entries, self.beside = self.evidence["entries"], self.evidence["about_chain"]
        self.forms = [read_json(entry["form"]) for entry in self.entries]
        self.forms_beside = [read_json(entry["form"]) for entry in self.beside]
        self.keys = {key_id(entry["public_key"]): entry["public_key"] for entry in self.evidence["public_keys"]}
        self.subjects = {entry["id"]: bytes.fromhex(entry["key"]) for entry in self.evidence["subjects"]}
        self._refuse_more_than_is_checked()
        wanted = {entry["seq"] for entry in self.entries + self.beside + self.stamps}
        self._walk(wanted | set(anchors) | self._given())

    def _refuse_more_than_is_checked(self):
        """Raise Unreadable for a file with parts that this program does not check."""
        entries = self.entries + self.beside
        parts = [(entry, ENTRY) for entry in entries] + [(entry, SUBJECT) for entry in self.evidence["subjects"]]
        parts += [(entry[name] or VALUE, VALUE) for entry in entries for name in ("name", "personal")]
        for part, names in parts:
            if set(part) not in (names, ERASED):
                raise Unreadable("something is missing or too much")

    def _given(self):
        return {read_json(statement["statement"])["seq"] for statement in self.signed["given"]}

    def _walk(self, numbers):
        """Return the ends of the chain at these numbers, and which entries have the tag of a subject."""
        wanted = numbers | {number - 1 for number in numbers}
        seq, end, keys = self.head["first"] - 1, bytes.fromhex(self.head["before"]), list(self.subjects.values())
        self.ends, self.lines, self.tagged, self.untagged, self.last_untagged = {seq: end}, {}, set(), [], seq
        for seq, line in enumerate(self.source.lines("chain.txt"), self.head["first"]):
            tag, inner = bytes.fromhex(line.decode()[:-64]), bytes.fromhex(line.decode()[-64:])
            if len(tag) not in (0, 32):
                raise Unreadable("a line of chain.txt")
            if tag and any(tag == tag_of(key, seq) for key in keys):
                self.tagged.add(seq)
            if not tag:
                self.untagged += [seq] if self.last_untagged != seq - 1 and len(self.untagged) < 20 else []
                self.last_untagged = seq
            end = sha256(end, sha256(tag, inner) if tag else inner)
            if seq in wanted:
                self.ends[seq], self.lines[seq] = end, (tag, inner)
        self.last, self.end = seq, end


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def tag_of(key, seq):
    return sha256(key, seq.to_bytes(8, "big"))


def key_id(public_key):
    return sha256(bytes.fromhex(public_key)).hex()[:32]


def signed_by(statement, public_key):
    return is_signed(statement["statement"].encode(), bytes.fromhex(statement["signature"]), bytes.fromhex(public_key))


def check_chain(report, proof):
    first, last = proof.head["first"], proof.head["last"]
    end = proof.head["head"], last, proof.head["organisation"]
    whole = (proof.end.hex(), proof.last, proof.organisation) == end
    if report.unless(whole, "no_chain", first=first, last=last):
        report.say("OK", "chain", first=first, last=last)


def stands(proof, entry, form, subjects):
    """Return whether an entry is in its place in the chain, is unchanged, and is about one of these subjects."""
    seq = entry["seq"]
    tag, inner = proof.lines.get(seq, (b"", b""))
    right_tag = tag == tag_of(subjects[form[5]], seq) if subjects.get(form[5]) else True
    return (
        inner == sha256(entry["form"].encode()) and form[0] == (2 if tag else 1) and (right_tag or not tag)
        and form[1:3] == [proof.organisation, seq] and form[5] in subjects
        and (entry["before"], entry["hash"]) == (proof.ends[seq - 1].hex(), proof.ends[seq].hex())
    )  # fmt: skip


def check_entries(report, proof):
    before = report.faults
    for entries, forms, subjects in ((proof.entries, proof.forms, proof.subjects),
                                     (proof.beside, proof.forms_beside, {proof.organisation: None})):  # fmt: skip
        last = 0
        for entry, form in zip(entries, forms):  # noqa: B905 (Python 3.8 has no strict=)
            whole = entry["seq"] > last and stands(proof, entry, form, subjects)
            report.unless(whole, "entry", seq=entry["seq"])
            last = entry["seq"]
    if report.faults == before:
        report.say("OK", "entries", count=len(proof.forms))


def check_complete(report, proof):
    """Check that every entry with the tag of a subject is present, and that every subject is bound to its tag."""
    before, first = report.faults, proof.forms[0] if proof.forms else [0, "", 0, 0, "", "", ""]
    for seq in sorted(proof.tagged - {entry["seq"] for entry in proof.entries})[:20]:
        report.unless(False, "left_out", seq=seq)
    report.unless(first[6] in BIRTH and first[5] == proof.breach, "no_birth")
    about = [form for form in proof.forms if form[5] == proof.breach]
    named = {proof.breach} | {form[13]["notice"] for form in about if form[6] == "notice.begun"}
    named |= {proof.evidence["breach"]["escalation_id"]} - {None}
    bound = {form[5] for form in proof.forms if form[0] == 2}
    by_breach = {form[13].get("escalation") for form in about}
    old = all(form[0] == 1 for form in proof.forms)
    for subject in sorted(named | set(proof.subjects)):
        own = proof.subjects.get(subject, b"").hex()
        known = subject in named and subject in proof.subjects and (old or subject in bound or own in by_breach)
        report.unless(known, "unbound", subject=subject)
    sealed = [form[2] for form in proof.forms_beside if form[6] == "history.sealed" and form[0] == 2]
    for seq in proof.untagged[1:] or [seq for seq in proof.untagged if seq != proof.head["first"]]:
        report.unless(False, "untagged", seq=seq)
    late = proof.untagged and proof.last_untagged >= first[2]
    if late and report.unless(proof.last_untagged + 1 in sealed, "untagged", seq=proof.last_untagged):
        report.say("--", "complete_from", seq=proof.last_untagged + 1)
    elif report.faults == before:
        report.say("OK", "complete")


def check_names(report, proof):
    before, whole, erased = report.faults, 0, 0
    for entry, form in zip(proof.entries + proof.beside, proof.forms + proof.forms_beside):  # noqa: B905
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
