"""A form with a button and nothing to fill in is one click: why that is fine stands here, or a page asks first."""

import re
from collections.abc import Iterator
from itertools import chain

from flask import Flask

from service.admission.access import mark_of
from tests.house.reading import SERVICE_TEXTS, TEMPLATES, texts
from tests.house.routes import routes
from workflows.roles import NEEDS_FRESH_PROOF

FORM = re.compile(r"<form\b.*?</form>", re.S)
FILLED_IN = re.compile(
    r"<select|<textarea|<input (?!type=\"hidden\")|\bf\.(line|block|moment|choices|facts)\(|\bsomebody\("
    r'|\b(?:a\.question|a\.contacts|q\.fact)\(|{% include (?:next\.template|"assess_judgement.html") %}'
)
POSTS = re.compile(r"method=[\"']?post", re.I)
ACTION = re.compile(r"""action="{{ (?:url_for\('([a-z_.]+)'|(\w+))""")
FINE = {
    ("account.html", "web.account.drop_password"): "What it means stands above it, and a passkey lets them in.",
    ("account.html", "web.account.end_others"): "It logs out, and whoever it was logs in again.",
    ("account.html", "web.account.end_session"): "It logs out, and whoever it was logs in again.",
    ("account.html", "web.account.remove_passkey"): "It is one's own, a mail tells it, and it is added again.",
    ("account.html", "web.account.renew_recovery_codes"): "It gives new codes in place of the old ones.",
    ("base.html", "web.choose_own_language"): "The same button in the other language changes it back.",
    ("base.html", "web.login.log_out"): "It logs out, and whoever it was logs in again.",
    ("_receipt.html", "web.breaches.confirm"): "Receipt accepts nothing, and what it means stands above it.",
    ("_begin_notice.html", "web.breaches.tell_people"): "It begins a text; nothing is sent before two people agree.",
    ("calling_form.html", "client"): "Colleagues read who is calling; it ends by itself, and anybody takes over.",
    ("contact_asked.html", ""): "What it means stands above it, and the other answer may be given after it.",
    ("contacts.html", "web.contacts.keep_address"): "What it does stands above it, and a mail that returns undoes it.",
    ("confirm.html", ""): "This is the page that asks first.",
    ("draft_removal.html", ""): "This is the page that asks first.",
    ("deputies.html", "web.deputies.end"): "It takes a right away, and an owner appoints the same deputy again.",
    ("file_columns.html", "request"): "Its fields stand in file_columns_table.html.",
    ("file_parts.html", "undo_at"): "What it means stands above it, and the same file is taken again.",
    ("file_parts.html", "web.files.leave"): "What it means stands above it, and the file is chosen again.",
    ("facts_changed.html", "seen_at"): "It says that a change was seen, and changes nothing else.",
    ("incident_check_send.html", "request"): "This is the page that shows what is sent, and to whom.",
    ("invitation.html", "web.oidc.set_out_to_join"): "It goes to the provider, where somebody still has to log in.",
    ("lost_factor.html", "where"): "A page of its own, with what happens above its one button.",
    ("reply_address.html", ""): "This is the page of a mailed link, with what happens above its one button.",
    ("settings.html", "at"): "Its fields stand in settings_forms.html.",
    ("session_end.html", "web.session_end.stay"): "It keeps its user logged in, never past the session's last moment.",
    ("notice_preview.html", "web.notices.try_out"): "It mails its sender alone, five times an hour at most.",
    ("overview.html", "web.home.put_away"): "It puts a list away of which every part stands on a page of its own.",
    ("overview.html", "web.home.seen"): "It keeps up to where its reader has looked, and everything can be read again.",
    ("overview.html", "web.escalation_tests.begin"): "It leads to a form; what it makes counts nowhere.",
    ("test_parts.html", "web.escalation_tests.begin"): "It leads to a form; what it makes counts nowhere.",
    ("passkey.html", "post_to"): "The device asks, and its answer is what is filled in.",
    ("people.html", "web.people.object_to_ending"): "It keeps what there is, and an owner may ask again.",
    ("people.html", "web.people.stop_removal"): "It keeps what there is, and must be quick when somebody is robbed.",
    ("people_invited.html", "web.people.ask_again"): "It mails a new link to somebody who was invited already.",
    ("people_invited.html", "web.people.withdraw"): "Nobody joined yet, and an owner invites the same person again.",
    ("processors.html", "web.processors.received"): "Receipt accepts nothing, and the message stands above it.",
    ("provider_link.html", ""): "It goes to the provider, where somebody still has to log in.",
    ("provider_link.html", "web.provider.end_link"): "A page of its own; linking again undoes it.",
    ("tokens.html", "web.tokens.end"): "A key that leaked must stop at once, and an owner makes a new one.",
    ("verification.html", "web.verification.set_out"): "It goes to the provider, where somebody still has to log in.",
}
ASKS_FIRST = {
    "web.people.remove": "web.people.confirm_removal",
    "web.people.ask_removal": "web.people.confirm_factor_removal",
    "web.people.ask_ending": "web.people.confirm_ending",
    "web.people.agree_to_seat": "web.people.confirm_agreement",
    "web.processors.answered": "web.processors.confirm_answer",
    "web.joining.joined": "web.joining.confirm_joining",
    "web.leaving.left": "web.leaving.confirm_leaving",
    "web.leaving.left_by_link": "web.leaving.confirm_leaving_by_link",
    "web.provider.remove": "web.provider.confirm_removal",
}
"""What is done, and the page before it, which stands at the same address."""
PROOF = '{% include "prove_first.html" %}'
PROOF_FIRST = '{% include "steps/proof_first.html" %}'
POSTED_OTHERWISE = {
    "web.broken_glass.decide_alone": ("next_step.html", PROOF_FIRST),
    "web.broken_glass.notify_alone": ("steps/ap_notification/alone.html", PROOF_FIRST),
    "web.broken_glass.send_alone": ("next_step.html", PROOF_FIRST),
}
"""What a form does not name by `url_for`: where it is asked, and its way to the proof."""


def posted() -> Iterator[tuple[str, str, bool]]:
    """Every form that is posted: its template, where it goes, and whether somebody fills something in."""
    for file in TEMPLATES:
        if "sandbox" in file.parts:
            continue
        words = file.read_text("utf-8")
        forms = FORM.findall(words)
        assert len(forms) == words.count("<form"), f"{file}: a form has no end"
        for form in forms:
            if POSTS.search(form):
                match = ACTION.search(form.partition("</button>")[0])
                yield file.name, (match[1] or match[2]) if match else "", FILLED_IN.search(form) is not None


def test_every_form_of_one_click_says_why_that_is_fine():
    assert {(file, where) for file, where, is_filled_in in posted() if not is_filled_in} == set(FINE)
    assert len([1 for *_, is_filled_in in posted() if is_filled_in]) > 20
    assert all(len(reason) > 30 for reason in FINE.values())


def test_what_asks_first_is_done_from_that_page_alone():
    assert {where for _, where, _ in posted()} & set(ASKS_FIRST) == set()


def test_every_page_that_asks_first_stands_at_the_address_of_its_act(app: Flask):
    rules = {(method, rule.endpoint): rule.rule for method, rule in routes(app)}
    for act, asked in ASKS_FIRST.items():
        assert rules["POST", act] == rules["GET", asked], act
    asking = {where for method, where in rules if method == "GET" and ".confirm_" in where}
    assert asking == set(ASKS_FIRST.values())


def test_every_form_of_a_fresh_proof_shows_the_way_to_it(app: Flask):
    """Its own template includes it, or one that includes that; what asks first is posted from `confirm.html`."""
    posts = {rule.endpoint for method, rule in routes(app) if method == "POST" and rule.endpoint.startswith("web.")}
    needing = {where for where in posts if mark_of(app.view_functions[where], "post", "does") in NEEDS_FRESH_PROOF}
    words = {file.name: file.read_text("utf-8") for file in TEMPLATES if "sandbox" not in file.parts}
    leading = {name for name in words if PROOF in words[name]}
    leading |= {part for part in words for name in leading if f'{{% include "{part}" %}}' in words[name]}
    asked = {(file, where) for file, where, _ in posted() if where in needing}
    assert len(asked) > 5 and [(file, where) for file, where in asked if file not in leading] == []
    reached = {where for _, where in asked} | set(ASKS_FIRST)
    assert "confirm.html" in leading and needing - reached == set(POSTED_OTHERWISE)
    for template, way in POSTED_OTHERWISE.values():
        assert way in (SERVICE_TEXTS.parent / "web" / "templates" / template).read_text("utf-8"), template
    assert '<a href="{{ prove_at }}"' in words["proof_first.html"]


def test_every_page_that_asks_first_is_led_to():
    """Also where a page does not name it: nobody would find it."""
    words = "".join(file.read_text("utf-8") for file in TEMPLATES)
    assert [where for where in ASKS_FIRST.values() if f"url_for('{where}'" not in words] == []


def test_it_says_what_happens_what_stays_and_who_hears_it():
    for language in ("nl", "en"):
        words = texts(SERVICE_TEXTS / language)
        acts = {key.split(".")[1] for key in words if key.startswith("confirm.") and key != "confirm.leave"}
        asked = chain.from_iterable(
            (f"confirm.{act}.{word}" for word in ("title", "now", "stays", "heard", "button")) for act in acts
        )
        assert len(acts) >= len(ASKS_FIRST) and [key for key in asked if key not in words] == []
        assert [act for act in acts if "{name}" not in words[f"confirm.{act}.title"]] == []
