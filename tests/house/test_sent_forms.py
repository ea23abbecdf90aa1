"""S5: every form of a page carries a key, so that sent twice it is done once; what has none stands here with why."""

import re

from flask import Flask

from service.admission.access import mark_of
from tests.house.reading import TEMPLATES
from tests.house.routes import routes

FORM = re.compile(r"<form\b[^>]*method=[\"']?post.*?</form>", re.S | re.I)
TOKEN = re.compile(r"\bcsrf\(\)|steps/form_begins\.html")
NO_KEY = {
    "web.account": "One's own account: each act sets or ends one thing, and a fresh proof stands before it.",
    "web.asked_contacts": "A mailed link answers one question, and answers it again with the same.",
    "web.choose_own_language": "It sets a language.",
    "web.leaving": "A seat ends once.",
    "web.login": "It shows who somebody is.",
    "web.lost_factor": "A request or link that is there already is answered as before.",
    "web.oidc": "It goes to the provider, and each way there is an errand of its own.",
    "web.password_reset": "A link works once, and one that is asked again ends the one before.",
    "web.proof": "It shows who somebody is.",
    "web.public": "A mailed link works once.",
    "web.reply_address": "A mailed link confirms one address.",
    "web.session_end": "It prolongs a login.",
    "web.set_up": "The link of a new installation makes one organisation.",
}
"""Forms of no organisation, by their part: only those of an organisation have a key."""
GOES_ON = {
    "web.assessment.save": "Answers to a question replace the earlier ones, and the form goes on.",
    "web.form_drafts.save": "A draft replaces the one before, and the form goes on.",
    "web.incidents.read_list": "A list of clients replaces the one before, and the form goes on.",
}
"""Forms of an organisation that may be sent as often as somebody likes."""
VERSION = "It goes with the version that its page showed, and what is stored already is not stored again."
STATE = "What it decides about is decided once: the second is refused in words."
GUARDED = {
    "web.ap_form.save": VERSION, "web.breaches.decide": VERSION, "web.notices.decide": VERSION,
    "web.facts_and_term.seen": VERSION, "web.facts_and_term.supplement": VERSION,
    "web.client_forms.change": VERSION, "web.client_forms.put_contacts": VERSION, "web.client_forms.put_name": VERSION,
    "web.broken_glass.decide_alone": VERSION, "web.broken_glass.notify_alone": VERSION,
    "web.broken_glass.send_alone": VERSION,
    "web.broken_glass.review": STATE, "web.breaches.confirm": STATE, "web.breaches.tell_people": STATE,
    "web.call_list.correct": VERSION, "web.call_list.take_or_let_go": "It sets who is calling.",
    "web.call_list.undo": STATE, "web.contacts.confirm": STATE, "web.deputies.end": STATE,
    "web.failed_steps.retry": STATE, "web.failed_steps.retry_all": STATE, "web.failed_steps.retry_clocks": STATE,
    "web.form_drafts.remove": STATE, "web.home.seen": "It keeps up to where its reader has looked.",
    "web.incident_ending.end": STATE, "web.joining.joined": STATE, "web.open_decisions.decide": STATE,
    "web.open_decisions.decide_unconfirmed": STATE,
    "web.people.agree_to_seat": STATE, "web.people.ask_again": "The link of before ends, and the day has a limit.",
    "web.people.ask_ending": STATE, "web.people.ask_removal": STATE, "web.people.give_role": "It sets a role.",
    "web.people.object_to_ending": STATE, "web.people.remove": STATE, "web.people.stop_removal": STATE,
    "web.people.withdraw": STATE, "web.processors.answered": STATE, "web.processors.received": STATE,
    "web.provider.keep": "It sets the provider.", "web.provider.remove": STATE, "web.provider.end_link": STATE,
    "web.provider.set_out_to_link": "It goes to the provider.", "web.tokens.end": STATE,
    "web.settings.save": VERSION, "web.settings.mail_link": VERSION,
    "web.contacts.set_successor": STATE, "web.contacts.keep_address": STATE,
    "web.home.put_away": "It puts a list away for good.",
    "web.escalation_tests.begin": "An office has one test client.",
    "web.verification.keep": "It tries a code of a letter.", "web.verification.set_out": "It goes to the provider.",
    "web.breaches.advise": "It changes nothing.", "web.notices.look": "It changes nothing.",
    "web.files.send": "The file waits beside the first, and nothing of it is kept until somebody takes it.",
    "web.file_columns.choose_columns": VERSION, "web.files.take_rows": VERSION, "web.files.take_back": STATE,
    "web.files.leave": STATE, "web.file_proposals.look": "It shows other rows, and what was typed stays.",
    "web.file_proposals.check": VERSION, "web.file_proposals.accept_proposals": VERSION,
    "web.notices.try_out": "It mails its sender alone, five times an hour at most.",
}
"""Forms of an organisation with a key; sent again with other values, each has this guard. Others ask (`makes_new`)."""


def posted(app: Flask) -> dict[str, str]:
    """The endpoint of each page that takes a form, with its address."""
    pages = (rule for method, rule in routes(app) if method == "POST" and not rule.rule.startswith(("/api", "/webh")))
    return {rule.endpoint: rule.rule for rule in pages}


def test_every_form_of_an_organisation_asks_for_a_second_one_or_says_what_guards_it(app: Flask) -> None:
    of_organisation = {endpoint for endpoint, rule in posted(app).items() if rule.startswith("/o/")}
    makes = {name for name in of_organisation if mark_of(app.view_functions[name], "post", "makes_new")}
    goes_on = {name for name in of_organisation if mark_of(app.view_functions[name], "post", "keeps_draft")}
    assert goes_on == set(GOES_ON) and len(makes) >= 6
    assert of_organisation - makes - goes_on == set(GUARDED)


def test_every_other_form_says_why_it_has_no_key(app: Flask) -> None:
    others = {endpoint for endpoint, rule in posted(app).items() if not rule.startswith("/o/")}
    parts = {name if name in NO_KEY else name.rpartition(".")[0] for name in others}
    assert {name for name in parts if name not in NO_KEY} <= {"web.provider"}, "a link to one's own provider"
    assert set(NO_KEY) <= parts


def test_every_form_in_a_template_has_the_key_with_its_token() -> None:
    forms = [(file.name, form) for file in TEMPLATES for form in FORM.findall(file.read_text("utf-8"))]
    without = [name for name, form in forms if not TOKEN.search(form)]
    assert len(forms) > 60 and without == []
