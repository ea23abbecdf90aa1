"""Every form of an organisation with a long text keeps a draft, or says here why not."""

import re

from tests.house.reading import TEMPLATES

LONG = re.compile(r"<textarea(?![^>]*readonly)|\b\w+\.block\(")
KEEPS = "f.keep("
INSIDE = {
    "templates/assess_judgement.html": "assess.html and assessment_last.html, which keep it",
    "templates/ap_fields.html": "ap_form.html, which keeps it",
    "templates/base.html": "where it is asked whether a page has one",
    "templates/fields.html": "where fields are written",
    "templates/delay.html": "submit.html",
    "templates/incident_list.html": "incident_new.html, which keeps it",
    "templates/alone_reason.html": "next_step.html",
}
"""Parts of a form, and the form that they are in."""
SHORT = {
    "ap_notification/approve.html": "Why a decision is returned: a few lines, at the end of reading.",
    "bulk_notice/approve.html": "Why a decision is returned: a few lines, at the end of reading.",
    "templates/awareness.html": "One reason of a few lines. A login that ended keeps it.",
    "templates/call_taken_back.html": "One reason of a few lines. A login that ended keeps it.",
    "templates/client_end.html": "One reason of a few lines. A login that ended keeps it.",
    "templates/escalation.html": "A note of a telephone call, typed while calling. A login that ended keeps it.",
    "templates/incident_end.html": "One reason of a few lines. A login that ended keeps it.",
    "templates/failed_step.html": "One reason of a few lines. A login that ended keeps it.",
    "templates/broken_glass.html": "One finding of a few lines. A login that ended keeps it.",
    "templates/file_upload.html": "Rows of another program, where they still are.",
    "templates/questions.html": "One reason of a few lines. A login that ended keeps it.",
    "templates/retry_all.html": "One reason of a few lines. A login that ended keeps it.",
    "templates/term.html": "One reason of a few lines. A login that ended keeps it.",
    "templates/unheard_clocks.html": "One reason of a few lines. A login that ended keeps it.",
}


def test_every_long_form_keeps_a_draft_or_says_why_not() -> None:
    texts = {f"{file.parent.name}/{file.name}": file.read_text("utf-8") for file in TEMPLATES}
    long = {name for name, text in texts.items() if LONG.search(text)}
    keeping = {name for name, text in texts.items() if KEEPS in text}
    assert long - keeping == {*INSIDE, *SHORT} - keeping
    assert len(keeping) >= 9
