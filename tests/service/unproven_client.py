"""A client of an office that opened its register and has proven nothing yet."""

from typing import Any

from flask import Flask

from service.evidence.page import page_of
from tenants.identity.users import APPROVER, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, Office, a_member, an_incident, an_own_breach, proven
from tests.oidc.browser import Browser
from tests.operator_commands import a_letter
from tests.service.caller import caller_for
from workflows.engine.advance import complete
from workflows.evidence.evidence import gather
from workflows.mail.batches import Addressee
from workflows.notice.bulk_notice import BULK_NOTICE, begin_by_choice, upload_recipients
from workflows.trust.verifying import prove_by_code


class UnprovenClient:
    """A client of the office that opened its register and sent a notice to its people. Nothing was proven yet."""

    def __init__(self, app: Flask, database: Database, office: Office) -> None:
        self.app, self.database, self.office = app, database, office
        [row] = database.outside(
            """
            update organisation o set claimed_at = now(), verified_at = null, verified_how = null, verified_note = null
              from processing_agreement a
             where a.processor_id = :office and a.client_number = 'K0001' and o.id = a.controller_id
            returning o.id, o.kvk_number, a.controller_name""",
            office=office.id,
        )
        self.id, self.number, self.called = row["id"], row["kvk_number"], row["controller_name"]
        database.outside("update organisation set name = :name where id = :id", id=self.id, name=self.called)
        self.by = a_member(self.id, OWNER)
        assert self.by.id and office.officer.id
        self.owner, self.officer = caller_for(app, self.by.id), caller_for(app, office.officer.id)
        self.incident = an_incident(office).id
        self.breach = an_own_breach(self.id, self.by)
        self.code = self._notice(a_member(self.id), a_member(self.id, APPROVER))

    def _notice(self, officer: Any, second: Any) -> str:
        with acting_for(self.id):
            notice = begin_by_choice(breach(self.breach), officer)
            code = notice.check_code
            upload_recipients(notice.id, [Addressee("Ans", "ans@elders.example")], officer, PRIVACY_OFFICER)
            complete(BULK_NOTICE, notice.id, "text", officer, PRIVACY_OFFICER, NOTICE_TEXT)
            complete(BULK_NOTICE, notice.id, "approve", proven(second), APPROVER, {"agrees": True})
        self.database.outside("update notice set sent_at = now() where check_code = :c", c=code)
        return code

    def prove_by_letter(self) -> None:
        code = a_letter(self.database, self.id)
        with acting_for(self.id):
            assert prove_by_code(code, self.by) == "verified"

    def places(self) -> dict[str, str]:
        """Every place that shows how this client stands, as its reader sees it."""
        own, theirs = Browser(self.app, self.owner.token), Browser(self.app, self.officer.token)
        [row] = [row for row in self.rows() if row["controller_name"] == self.called]
        board = f"/o/{self.officer.slug}/incidents/{self.incident}"
        with acting_for(self.id):
            evidence = page_of(gather(breach(self.breach)), "nl")
        return {
            "genuine": self.app.test_client().get(f"/genuine?code={self.code}").text,
            "register": own.get(f"/o/{self.owner.slug}/register").text,
            "breach": own.get(f"/o/{self.owner.slug}/breaches/{self.breach}").text,
            "verification": own.get(f"/o/{self.owner.slug}/verification").text,
            "evidence": evidence,
            "board": theirs.get(board).text,
            "agreements": theirs.get(f"/o/{self.officer.slug}/agreements").text,
            "escalation": theirs.get(f"{board}/escalations/{row['id']}").text,
        }

    def rows(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.officer.get(f"incidents/{self.incident}/escalations").json["items"]
        return items

    def name(self) -> str:
        with acting_for(self.id):
            return the_acting_organisation().name

    def proofs(self) -> list[dict[str, Any] | None]:
        """As programs read it: the own organisation, anybody with the code, and the office three times."""
        [row] = [row for row in self.rows() if row["controller_name"] == self.called]
        [agreement] = [
            agreement for agreement in self.officer.get("agreements").json["items"]
            if agreement["controller_name"] == self.name()
        ]
        whole = self.officer.get(f"escalations/{row['id']}").json
        public = self.app.test_client().get(f"/api/genuine/{self.code}").json
        office = [shown["controller_proof"] for shown in (row, agreement, whole)]
        return [self.owner.get("verification").json["proof"], public["proof"], *office]
