"""The answers that follow from what is known of a breach, question by question (Art. 33(3)).

Standard library only. Nothing is guessed: where the facts do not say it, there is no answer. The kind of incident,
the number of records, and how severe it is on the AP's own scale, a person says.
"""

from collections.abc import Mapping

from workflows.law import vocabulary
from workflows.law.ap_form.answers import MISSING, NOT_APPLICABLE, Answer, State, as_entered, chosen, filled
from workflows.law.ap_form.facts import Case, Derived
from workflows.law.ap_form.model import Question, Words, the_form
from workflows.law.ap_form.people_told import PEOPLE_TOLD
from workflows.law.ap_form.values import can_be_reached, read_local_day

CLAIMS = ("encrypted", "hashed", "other_unintelligible")


def derive(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """Return the answer that follows from the facts; MISSING when none does."""
    rule = RULES.get(question.id)
    return rule(case, question, before) if rule else MISSING


def _from(table: str, name: str) -> Derived:
    def rule(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
        value = getattr(case, table).get(name)
        return filled(read_local_day(value) if value is not None and question.type == "date" else value)

    return rule


def _of_every_breach(option: str) -> Derived:
    def rule(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
        return chosen(question, [option]) if case.is_a_breach else MISSING

    return rule


def _options(fact: str) -> Derived:
    def rule(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
        return chosen(question, case.facts.get(fact, ()))

    return rule


def responsible(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """3.1.1b: the organisation whose register this is."""
    name = case.organisation.get("name")
    return filled((name,) if name else ())


def fg_number(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """3.1.1d: the officer's number; not applicable where the organisation said that it has none (Art. 37)."""
    return NOT_APPLICABLE if case.organisation.get("without_fg") else filled(case.organisation.get("fg_number"))


def contact_person(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """Art. 33(3)(b): the contact that was named, else the data protection officer, else the person who reports."""
    fg = {part: case.organisation.get(f"fg_{part}") for part in ("name", "email", "phone")}
    reporter = {part: before[f"reporter_{part}"].value for part in ("name", "function", "email", "phone")}
    reachable = (_known(parts) for parts in (case.contact, fg, reporter) if can_be_reached(_known(parts)))
    return filled(next(reachable, None))


def _known(parts: Mapping[str, str | None]) -> dict[str, str]:
    return {part: value for part, value in parts.items() if value}


def other_organisations(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """3.3: the processor is named here (Art. 28)."""
    name = case.columns.get("processor_name")
    return filled(({"name": name, "role": "processor"},) if name else ())


def ongoing(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """A breach with a known end is over; without a known end nobody has said whether it goes on."""
    return Answer(State.FILLED, False) if "happened_until" in case.columns else MISSING


def how_discovered(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """4.3: "told by the processor", for a breach that a processor reported."""
    name = case.columns.get("processor_name")
    if case.columns.get("origin") != "escalated" or not name:
        return MISSING
    sentence = the_form().words["texts"]["told_by_processor"]
    return filled(Words(sentence.nl.format(name=name), sentence.en.format(name=name)))


def data_general(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """6.1: ordinary data; what the form has no option for goes under other, in words."""
    data = case.facts.get("data", ())
    under_other = [kind for kind in vocabulary.DATA_FILED_UNDER_OTHER if kind in data]
    ids = [kind for kind in vocabulary.DATA_GENERAL if kind in data] + (["other"] if under_other else [])
    labels = the_form().words["other_data"]
    named = [labels[kind] for kind in under_other if kind in labels]
    texts = {"other": Words(", ".join(w.nl for w in named), ", ".join(w.en for w in named))} if named else {}
    return chosen(question, ids, texts) if ids or not data else NOT_APPLICABLE


def data_special(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """6.2: special categories (Art. 9); not applicable when the kinds of data are known and none is special."""
    data = case.facts.get("data", ())
    ids = [kind for kind in vocabulary.DATA_SPECIAL if kind in data]
    return chosen(question, ids) if ids or not data else NOT_APPLICABLE


def record_count_explanation(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """6.3.1: says why 1 was entered, when the number is not known; otherwise there is nothing to explain."""
    state = before["record_count"].state
    if state not in (State.UNKNOWN, State.NOT_YET_KNOWN):
        return NOT_APPLICABLE
    return filled(the_form().words["texts"][f"record_count_{state}"])


def count_known(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """7.3: the number is exact when the least and the most are the same, or when somebody typed the number."""
    least, most = case.people
    typed = {name for name in ("count_exact", "count_min", "count_max") if name in case.answers}
    if not typed and least is None and most is None:
        return MISSING
    is_exact = "count_exact" in typed if typed else least == most
    return Answer(State.FILLED, is_exact)


def count_exact(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """7.3: the number of people, when the least and the most are the same."""
    least, most = case.people
    return filled(least) if least == most else MISSING


def count_min(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """7.3: the least number of people."""
    return filled(case.people[0])


def count_max(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """7.3: the most people."""
    return filled(case.people[1])


def protection(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """Art. 34(3)(a): only what was done beforehand, with a key that is safe, counts as protection.

    Encryption by ransomware is no protection. For encrypted data whose key nobody knows to be safe the answer is
    unknown: it is neither claimed nor denied.
    """
    fact, key_safe = case.facts.get("protection"), case.facts.get("key_safe")
    if fact == "unknown" or (fact == "encrypted" and key_safe is None):
        return as_entered(question, State.UNKNOWN)
    if fact is None:
        return MISSING
    return chosen(question, ["none" if key_safe is False else fact])


def protection_explanation(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """8.1: an explanation is needed when protection is claimed; where the key is the reason not to claim it, it says
    so."""
    texts, answer, fact = the_form().words["texts"], before["protection"], case.facts.get("protection")
    if "protection" not in case.answers and fact in ("encrypted", "hashed"):
        if case.facts.get("key_safe") is False:
            return filled(texts["key_not_safe"])
        if answer.state is State.UNKNOWN:
            return filled(texts["key_unknown"])
    return MISSING if set(answer.value or ()) & set(CLAIMS) else NOT_APPLICABLE


def consequences_data(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """9.1: data is known to somebody, where strangers or others have it; misuse is possible where the receiver meant
    harm."""
    facts = case.facts
    known = "confidentiality" in facts.get("nature", ()) and facts.get("recipients") not in (None, "nobody")
    intended = facts.get("malicious") is True and facts.get("taken") in ("possible", "yes")
    misuse = facts.get("misused") is True or intended
    return chosen(question, [*(["known_to_unauthorised"] if known else []), *(["misuse"] if misuse else [])])


def consequences_people(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """9.2: what the register says of the consequences, in its own words."""
    consequences = case.columns.get("consequences")
    return chosen(question, ["other"], {"other": Words(consequences, consequences)}) if consequences else MISSING


RULES: Mapping[str, Derived] = {
    "notification_kind": _of_every_breach("regular"),
    "legal_basis": _of_every_breach("avg"),
    "organisation_name": _from("organisation", "name"),
    "responsible": responsible,
    "address": _from("organisation", "address"),
    "fg_number": fg_number,
    "coc_number": _from("organisation", "kvk_number"),
    "sector": _from("organisation", "sector"),
    **{f"reporter_{part}": _from("reporter", part) for part in ("name", "function", "phone", "email")},
    "contact_person": contact_person,
    "other_organisations": other_organisations,
    "started_at": _from("columns", "happened_from"),
    "ended_at": _from("columns", "happened_until"),
    "ongoing": ongoing,
    "discovered_at": _from("columns", "found_at"),
    "how_discovered": how_discovered,
    "late_reason": _from("columns", "late_reason"),
    "nature_of_breach": _options("nature"),
    "summary": _from("columns", "description"),
    "data_general": data_general,
    "data_special": data_special,
    "record_count_explanation": record_count_explanation,
    "groups": _options("groups"),
    "count_known": count_known,
    "count_exact": count_exact,
    "count_min": count_min,
    "count_max": count_max,
    "protection": protection,
    "protection_explanation": protection_explanation,
    "consequences_data": consequences_data,
    "consequences_people": consequences_people,
    "severity": _from("columns", "authority_severity"),
    "measures": _from("columns", "measures"),
    **PEOPLE_TOLD,
}
