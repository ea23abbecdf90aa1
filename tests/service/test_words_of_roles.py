"""What pages and mails say that a role may do is what the table of roles says, in both languages."""

import re
from pathlib import Path

import pytest
from flask import Flask

from service.web.whose_turn import roles_for
from service.words.texts import catalogue
from tenants.identity.users import FG, OWNER, ROLES
from workflows.accounts.new_deciders import Part
from workflows.mail.words import word
from workflows.roles import DECIDERS, MAY, STEPS, WORKERS, weighs

LANGUAGES = ("nl", "en")
MAIL_TEXTS = Path(__file__).parents[2] / "workflows" / "mail" / "texts"


def named_in(words: str, language: str) -> set[str]:
    """Return the roles whose names stand in these words."""
    named = {role: catalogue(language)[f"labels.role.{role}"] for role in ROLES}
    return {role for role, name in named.items() if re.search(rf"\b{re.escape(name)}", words)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("act", [*STEPS, "review_broken_glass"])
def test_whom_to_invite_is_whoever_may_do_it(app: Flask, act: str, language: str) -> None:
    with app.test_request_context(f"/?lang={language}", headers={"Accept-Language": language}):
        assert named_in(roles_for(act), "nl") == MAY[act] - {OWNER}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_refusal_names_is_who_may_be_the_second_person(language: str) -> None:
    words = catalogue(language)["errors.glass.second_person"]
    assert named_in(words, language) == (DECIDERS | WORKERS) - {OWNER}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_promises_that_an_fg_of_outside_approves(language: str) -> None:
    promises = [key for key, words in catalogue(language).items() if re.search("FG van buiten|external DPO", words)]
    assert promises == []
    assert "approve" not in weighs(FG)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ROLES)
def test_the_mail_about_a_new_role_says_what_it_may_do(role: str, language: str) -> None:
    part = Part(role, (), weighs(role), None)
    said = {act for act in ("approve", "send", "break_glass", "review_broken_glass")
            if word(f"part.does.{act}", language) in part.does(language).split(", ")}  # fmt: skip
    sends = {"send"} if role in MAY["submit"] | MAY["release"] else set()
    acts = ("approve", "break_glass", "review_broken_glass")
    assert said == {act for act in acts if role in MAY[act]} | sends


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_asks_to_assess_only_of_who_may(language: str) -> None:
    words = (MAIL_TEXTS / language / "breach_to_read.txt").read_text("utf-8")
    named = {role for role in ROLES if re.search(rf"\b{word(f'role.{role}', language)}\b", words)}
    assert named == MAY["assess"]
