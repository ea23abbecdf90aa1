"""Each act that warns people by mail, done and undone ten times: nobody is mailed more than twice that day.

A warning is never held, so what causes it must have a limit. What a person changes in their own account is mailed to
that person alone, each time: whoever took over an account must not use up its warnings.
"""

import ast
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask

import workflows
from tenants.identity.users import APPROVER, AUDITOR, OWNER, PRIVACY_OFFICER
from tests.conftest import Database
from tests.factories import a_member
from tests.service.caller import Caller, caller_for
from tests.service.worlds import TwoOwners
from workflows.mail.outbox import Outbox
from workflows.running import jobs

TIMES, AT_MOST = 10, 2
TO_AND_FRO: dict[str, tuple[tuple[str, str, object], tuple[str, str, object]]] = {
    "an owner is asked to go": (("POST", "members/{anna}/ending", None), ("DELETE", "members/{anna}/ending", None)),
    "an owner's factor is asked for": (
        ("POST", "members/{anna}/second-factor/removal", None), ("DELETE", "members/{anna}/second-factor/removal", None)
    ),
    "somebody decides": (
        ("PUT", "members/{cor}/role", {"role": AUDITOR}), ("PUT", "members/{cor}/role", {"role": APPROVER})
    ),
    "somebody prepares": (
        ("PUT", "members/{cor}/role", {"role": PRIVACY_OFFICER}), ("PUT", "members/{cor}/role", {"role": APPROVER})
    ),
}  # fmt: skip
"""What an owner does, and how it is undone."""
WALKED = {
    "ending_owners._mail", "account_changes._tell_who_did_it", "account_changes.tell_owners", "new_deciders._mail",
}  # fmt: skip
OTHERWISE = {
    "account_changes._tell_of_change": "to the person who changes their own account",
    "lost_factor.mail_link": "to the person who asks; five an hour (tenants/identity/attempts.py)",
    "account_changes.note_browser": "to the person whose login it is, once for each kind of browser",
    "account_changes.tell": "the same mail, written in the transaction of that login",
    "reply_address.ask_to_confirm": "a link to the address that answers go to; three a day to one address",
    "reply_address.tell_of_change": "to the owners and one confirmed address; ten addresses a day at most",
    "renaming._tell_owners": "the operator alone renames",
    "changed_addresses._tell_contacts": "once a day to one address; the day has a limit of changed contacts",
    "changed_addresses._tell_owners": "one mail an hour about all that changed",
}
"""Callers that no member's act reaches, or that mail nobody else; with the reason."""


PLANS = ("plan", "plan_to_people")


def callers() -> set[str]:
    """Every function that plans mail of this purpose."""
    acts = set()
    for file in Path(workflows.__path__[0]).rglob("*.py"):
        for function in (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if is_function(node)):
            calls = (node for node in ast.walk(function) if isinstance(node, ast.Call) and node.args)
            if any(isinstance(call.func, ast.Name) and call.func.id in PLANS and is_security(call) for call in calls):
                acts.add(f"{file.stem}.{function.name}")
    return acts


def is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef)


def is_security(call: ast.Call) -> bool:
    return isinstance(call.args[0], ast.Constant) and call.args[0].value == "security"


def test_every_caller_is_walked_or_has_a_reason() -> None:
    assert callers() == WALKED | OTHERWISE.keys()


class Told:
    """A house with an owner more, who reads what the others do."""

    def __init__(self, app: Flask, database: Database, outbox: Outbox) -> None:
        self.house, self.outbox = TwoOwners(app, database), outbox
        third = a_member(self.house.id, OWNER, "Derk").id
        [cor] = database.outside("""
            select u.id from app_user u join membership m on m.user_id = u.id
             where m.organisation_id = :o and u.name = 'Cor'""", o=self.house.id)
        assert third
        self.people = {"anna": self.house.anna_id, "cor": cor["id"]}
        self.derk: Caller = caller_for(app, third)

    def does(self, act: tuple[str, str, object]) -> int:
        method, path, body = act
        options = {} if body is None else {"json": body}
        return self.house.bo.call(method, path.format(**self.people), **options).status_code

    def mails(self) -> Counter[str]:
        while jobs.drain(str(self.house.id)):
            pass
        return Counter(person.name for mail in self.outbox.mails for person in mail.people)


@pytest.fixture
def told(app: Flask, database: Database, outbox: Outbox) -> Told:
    return Told(app, database, outbox)


@pytest.mark.parametrize("act", TO_AND_FRO)
def test_done_and_undone_it_warns_nobody_more_than_twice_a_day(told: Told, act: str) -> None:
    do, undo = TO_AND_FRO[act]
    assert told.does(do) < 300 and told.does(undo) < 300
    assert told.mails(), "it warns somebody"
    for _ in range(TIMES):
        told.does(do)
        told.does(undo)
    assert max(told.mails().values()) <= AT_MOST
