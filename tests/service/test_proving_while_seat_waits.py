"""A seat that waits uses no route where an organisation is proven, and spends no try of the paper letter."""

from uuid import UUID

import pytest
from flask import Flask

from tenants.identity.users import OWNER, PRIVACY_OFFICER
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.oidc.browser import Browser
from tests.operator_commands import a_letter
from tests.service.caller import caller_for
from workflows.roles import MAY

WAITS = "update membership set counts_from = now() + interval '1 day' where user_id = :who"
STATE = """
    select l.tries, o.verified_at from verification_letter l join organisation o on o.id = l.organisation_id
     where o.id = :here"""


def routes(app: Flask) -> list[str]:
    """Every address that changes something by this act."""
    views = app.view_functions
    rules = [rule.rule for rule in app.url_map.iter_rules() if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
             and getattr(views[rule.endpoint], "does", None) == "prove_organisation"]  # fmt: skip
    assert len(rules) >= 3
    return rules


@pytest.mark.parametrize("role", [OWNER, PRIVACY_OFFICER])
def test_a_waiting_seat_can_neither_prove_nor_spend_a_try(app: Flask, database: Database, role: str) -> None:
    assert role in MAY["prove_organisation"]
    here: UUID = an_organisation(is_verified=False)
    a_member(here, OWNER, "Anna")
    database.outside("update organisation set kvk_number = '33031431' where id = :here", here=here)
    code = a_letter(database, here)
    new = a_member(here, role, "Nieuw").id
    assert new
    database.outside(WAITS, who=new)
    caller = caller_for(app, new)
    for rule in routes(app):
        path = rule.replace("<organisation>", caller.slug)
        for typed in (code, "ABCD-EFGH-JKMN"):
            if path.startswith("/api/"):
                answer = caller.post(path, {"code": typed})
            else:
                answer = Browser(app, caller.token).post(path, on=f"/o/{caller.slug}/verification", code=typed)
            # Nobody here has a provider; with one it is walked in test_verification_by_provider.py.
            wanted = 404 if rule.endswith("/provider") else 403
            assert answer.status_code == wanted, f"{rule}: {answer.text}"
    [state] = database.outside(STATE, here=here)
    assert (state["tries"], state["verified_at"]) == (0, None)
