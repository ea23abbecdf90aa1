"""Assessing on facts and advice (Art. 33(1), 24): departing needs a reason, changed facts are seen, three scales."""

from typing import Any

import pytest

from tenants.errors import Invalid
from tenants.identity.users import APPROVER
from tests.factories import BRAM, FACTS, FENNA, a_breach, an_assessment
from tests.workflows.story import Story
from workflows.law.severity_questions import UnknownAnswer
from workflows.law.vocabulary import UnknownFact
from workflows.notification.advising import departure_reason, digest_of, facts_changed_since_decision, facts_of
from workflows.notification.ap_notification import AP_NOTIFICATION

KEY_LOST = FACTS["high"]
PAYSLIPS = {"kinds": ["financial"], "circumstance.financial": "fraud_or_full_profile", "malicious": False,
            "identified_by.full_name": "few_in_country", "confidentiality": "unknown_or_public",
            "integrity": "no_wrong_use", "availability": "restored_easily"}  # fmt: skip


def assessed(risk: str = "risk", /, breach: Any = None, **more: Any) -> Story:
    story = Story(AP_NOTIFICATION, breach or a_breach())
    story.does(FENNA, "assess", **an_assessment(risk, **more))
    return story


def approved(risk: str = "unlikely", decision: str = "do_not_notify") -> Story:
    story = assessed(risk)
    story.does(FENNA, "draft", decision=decision, reason="De sleutel is veilig.")
    story.does(BRAM, "approve", APPROVER, agrees=True)
    return story


def refused(**values: Any) -> Invalid:
    """Refused, and nothing was done: the same step waits."""
    story = Story(AP_NOTIFICATION, a_breach())
    with pytest.raises(Invalid) as refusal:
        story.does(FENNA, "assess", **values)
    assert (story.turn, story.done, story.subject.advice) == ("assess", [], None)
    return refusal.value


@pytest.mark.parametrize(
    ("facts", "chosen", "duties"),
    [
        ("high", "risk", ("notify_people",)),
        ("high", "unlikely", ("notify_authority", "notify_people")),
        ("risk", "unlikely", ("notify_authority",)),
        ("risk", "high", ("notify_people",)),
        ("unlikely", "risk", ("notify_authority",)),
    ],
)
@pytest.mark.parametrize("reason", [None, "", "  "])
def test_departing_from_the_advice_needs_its_reason(facts: str, chosen: str, duties: Any, reason: str | None):
    refusal = refused(**an_assessment(facts, risk=chosen, departure_reason=reason))
    assert (refusal.key, refusal.field) == ("assessment.departs_from_advice", "departure_reason")
    assert refusal.values["duties"] == duties


def test_a_risk_is_not_unlikely_while_all_facts_are_unknown():
    assert refused(facts={}, risk="unlikely", reason="Vast niets.").key == "assessment.departs_from_advice"


def test_a_departure_stands_in_the_breach_with_its_reason_and_the_advice_it_departs_from():
    story = assessed("high", risk="risk", departure_reason="De tape is onleesbaar na het water.")
    breach = story.subject
    assert (breach.risk, breach.departure_reason) == ("risk", "De tape is onleesbaar na het water.")
    assert breach.advice == {
        "document": "yes", "notify_authority": "yes", "notify_people": "yes", "risk_least": "high",
        "risk_most": "high", "public_notice": False, "terms": "33(1)/2018-05-25",
    }  # fmt: skip
    assert story.turn == "draft"


def test_who_follows_the_advice_again_departs_no_more():
    story = assessed("high", risk="risk", departure_reason="De tape is onleesbaar.")
    story.does(FENNA, "assess", **an_assessment("high"))
    assert (story.subject.risk, story.subject.departure_reason) == ("high", None)


def test_a_reason_to_depart_is_kept_only_where_the_risk_departs():
    story = assessed("high", departure_reason="De ontvanger is te vertrouwen.")
    assert (story.subject.risk, story.subject.departure_reason) == ("high", None)


def test_a_reason_that_was_stored_beside_the_advice_is_no_departure():
    breach = assessed("high", risk="risk", departure_reason="De tape is onleesbaar.").subject
    assert departure_reason(breach) == "De tape is onleesbaar."
    breach.risk = "high"
    assert departure_reason(breach) is None, "so it is not shown as one"


def test_facts_left_out_stay_and_a_fact_outside_the_vocabulary_is_refused():
    story = assessed("high")
    story.does(FENNA, "assess", risk="high", reason="Nog steeds.")
    assert story.subject.facts["data"] == ["name", "bsn", "iban"] and story.subject.people_max == 5
    with pytest.raises(UnknownFact):
        assessed(facts={"colour": "red"})


def test_facts_that_change_after_the_decision_are_flagged_until_somebody_looks():
    story = approved()
    breach = story.subject
    assert breach.decided_on == digest_of(breach) and not facts_changed_since_decision(breach)
    breach.know_facts(KEY_LOST, 5, 5)
    assert facts_changed_since_decision(breach)
    assert (story.run.state, breach.decision) == ("exempt", "do_not_notify"), "nothing is undone by itself"
    breach.seen_on = digest_of(breach)
    assert not facts_changed_since_decision(breach)
    breach.know_facts(KEY_LOST, 5, 500)
    assert facts_changed_since_decision(breach), "seen is seen once, not for what changes later"


def test_assessing_again_rests_on_the_new_facts():
    story = approved()
    story.subject.know_facts(KEY_LOST, 5, 5)
    story.does(FENNA, "assess", **an_assessment("high"))
    assert not facts_changed_since_decision(story.subject)
    assert (story.turn, story.subject.decided_on) == ("draft", None)


def test_facts_that_change_between_assessment_and_approval_are_flagged_too():
    story = assessed("unlikely")
    story.subject.know_facts(KEY_LOST, 5, 5)
    assert facts_changed_since_decision(story.subject)


def test_the_same_facts_told_otherwise_are_no_change():
    breach = approved().subject
    values = {**breach.facts, "data": ["iban", "bsn", "name"], "copy": "unknown", "interruption": None}
    breach.know_facts(values, 5, 5)
    assert not facts_changed_since_decision(breach)


def test_a_financial_undertaking_spares_its_people_the_notice_and_tells_the_authority():
    story = assessed("high", breach=a_breach(financial_undertaking=True))
    assert (story.subject.advice["notify_authority"], story.subject.advice["notify_people"]) == ("yes", "no")
    assert story.subject.departure_reason is None, "following the exemption departs from nothing"
    story.does(FENNA, "draft", decision="notify", reason="Hoog risico.")
    story.does(BRAM, "approve", APPROVER, agrees=True)
    assert story.turn == "submit", "no notice, but a notification"


def test_the_financial_exception_asks_for_a_known_fact():
    assert assessed("high", breach=a_breach(financial_undertaking=None)).subject.advice["notify_people"] == "yes"


@pytest.mark.parametrize(
    ("exception", "people", "public"), [("measures", "no", False), ("disproportionate", "yes", True)]
)
def test_an_exception_for_people_is_a_fact_of_the_advice(exception: str, people: str, public: bool):
    story = assessed("high", people_exception=exception, people_reason="De tape is terug.")
    assert (story.subject.advice["notify_people"], story.subject.advice["public_notice"]) == (people, public)
    assert story.subject.departure_reason is None


def test_protection_is_shown_by_the_facts_and_never_by_ticking_it():
    claimed = an_assessment("high", people_exception="protected", people_reason="Versleuteld.")
    assert refused(**claimed).values["duties"] == ("notify_people",)


def test_answers_about_severity_are_kept_with_the_range_that_they_leave_in_quarters():
    breach = assessed(severity_answers=PAYSLIPS).subject
    assert breach.severity_answers == PAYSLIPS
    assert breach.enisa == {"least": 10, "most": 10, "band_least": "medium", "band_most": "medium", "flags": []}
    less = assessed(severity_answers=PAYSLIPS | {"malicious": None, "confidentiality": None}).subject
    assert (less.enisa["least"], less.enisa["most"]) == (8, 12)
    assert (less.enisa["band_least"], less.enisa["band_most"]) == ("medium", "high")


def test_the_flags_come_from_the_facts_and_never_move_the_score():
    many = assessed("unlikely", severity_answers=PAYSLIPS, people_max=101).subject
    assert (many.enisa["most"], many.enisa["flags"]) == (10, ["many", "unintelligible"])
    assert assessed("high", severity_answers={}, people_min=5, people_max=100).subject.enisa == {
        "least": 1, "most": 24, "band_least": "low", "band_most": "very_high", "flags": [],
    }  # fmt: skip


def test_the_flags_follow_the_facts_of_a_later_assessment():
    story = assessed("high", severity_answers=PAYSLIPS)
    story.does(FENNA, "assess", **an_assessment("high", people_max=5000))
    assert (story.subject.enisa["most"], story.subject.enisa["flags"]) == (10, ["many"])


def test_an_answer_that_no_question_has_is_refused():
    with pytest.raises(UnknownAnswer):
        assessed(severity_answers={"integrity": "gold"})


def test_three_scales_of_severity_stand_beside_each_other_and_none_follows_from_another():
    scored = assessed(severity_answers=PAYSLIPS).subject
    assert (scored.authority_severity, scored.edpb_severity) == (None, None)
    seen = assessed("high", authority_severity="negligible", edpb_severity="severe").subject
    assert (seen.authority_severity, seen.edpb_severity, seen.enisa) == ("negligible", "severe", None)


def test_what_is_not_given_again_stays_as_it_was():
    story = assessed(severity_answers=PAYSLIPS, authority_severity="limited", edpb_severity="minor")
    story.does(FENNA, "assess", **an_assessment("high"))
    breach = story.subject
    assert (breach.enisa["least"], breach.authority_severity, breach.edpb_severity) == (10, "limited", "minor")


def test_the_number_of_people_is_a_fact_beside_the_others():
    facts = facts_of(a_breach(people_min=0, people_max=None, financial_undertaking=False))
    assert facts == {"people_min": 0, "financial_undertaking": False}
