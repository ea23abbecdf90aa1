"""The register, the run and the counts in an evidence: whether they follow from the entries, and where they do not."""

import re
from datetime import datetime, timedelta

from verify_chain import sha256
from verify_files import read_json

MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):?(\d\d)?)")
RECORDED = {
    "breach.opened": {"became_aware_at": "became_aware_at"},
    "breach.aware": {"became_aware_at": "became_aware_at"},
    "ap_notification.assess": {"risk": "risk", "reason": "risk_reason"},
    "ap_notification.draft": {"decision": "decision", "reason": "decision_reason"},
    "ap_notification.submit": {"submitted_at": "submitted_at", "authority_number": "authority_number"},
    "notice.sent": {"sent_at": "people_told_at"},
}
"""Which detail of an entry becomes which value in the register."""
FOR_GOOD = ("submitted_at", "authority_number", "people_told_at")
"""Values that are recorded once and never change."""


def micros(value):
    """Return a moment in microseconds since 1970. Any other value stays as it is."""
    match = MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not match:
        return value
    day, time, part, sign, hours, minutes = match.groups()
    at = datetime.strptime(day + " " + time, "%Y-%m-%d %H:%M:%S")
    at -= timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    return (at - datetime(1970, 1, 1)) // timedelta(microseconds=1) + int((part or "").ljust(6, "0"))


def derived(proof):
    """Return what the register must say, each value with the entry that says so."""
    values, decided = {}, (None, 0)
    for form in proof.forms:
        seq, at, what, details = form[2], form[3], form[6], form[13]
        for detail, name in RECORDED.get(what, {}).items():
            if detail in details and not (name == "people_told_at" and name in values):
                values[name] = micros(details[detail]), seq
        if what in ("ap_notification.assess", "ap_notification.draft", "ap_notification.approve"):
            decided = (at if what.endswith("approve") and details.get("agrees", True) else None), seq
            values["decided_at"] = decided
        if what == "ap_notification.assess":
            values["decision"] = values["decision_reason"] = None, seq
    return values


def stated(text, row):
    """Return what the register must say by its text, which names an estimate only where there is one."""
    if "people_estimate" not in row:
        return text
    return {"people_estimate": bool((text.get("taken_over") or {}).get("estimate")), **text}


def check_register(report, proof):
    """Check that the register follows from the entries: the last one about the breach has its hash."""
    before, row, text = report.faults, proof.evidence["register"], proof.evidence["register_form"]
    last = [form for form in proof.forms if form[5] == proof.breach][-1:]
    hashed = bool(last and last[0][0] == 2)
    if hashed:
        same = sha256(text.encode()).hex() == last[0][13].get("register")
        report.unless(same, "register_hash", seq=last[0][2])
        wanted = {name: (value, last[0][2]) for name, value in stated(read_json(text), row).items()}
    else:
        wanted = {}
        report.say("--", "register_old")
    entries = {name: fact for name, fact in derived(proof).items() if name in FOR_GOOD or not hashed}
    for name, (value, seq) in sorted(list(entries.items()) + list(wanted.items())):
        stored = proof.evidence["breach"]
        places = [row[name]] + ([stored[name]] if name in stored or name in wanted else [])
        report.unless(all(micros(moment) == micros(value) for moment in places), "differs", name=name, seq=seq)
    check_steps(report, proof)
    if report.faults == before and hashed:
        report.say("OK", "register")


def check_steps(report, proof):
    """Check that each step of a person has its entry, and that the count of mails equals what was sent."""
    for step in proof.evidence["steps"]:
        what = f"{step['workflow']}.{step['step']}"
        acts = [f for f in proof.forms if (f[6] + ".").startswith(what + ".") and f[5] == step["subject_id"]]
        done = any((f[7], f[3]) == (step["done_by"], micros(step["done_at"])) for f in acts)
        nobody = step["done_by"] is None and step["done_for"] is None and step["done_by_name"] is None
        report.unless(done or nobody, "step", name=what)
    recorded = sum(f[13]["people"] for f in proof.forms if f[6] == "notice.sent")
    if any(f[6] == "notice.sent" for f in proof.forms):
        counted = sum(mail["recipients"] for mail in proof.evidence["mail"] if mail["purpose"] == "notice")
        report.unless(recorded == counted, "people", recorded=recorded, counted=counted)
