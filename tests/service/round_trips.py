"""What tests of round trips share: the forms of a file, clients with odd names, and taking a file."""

from datetime import date
from io import BytesIO
from typing import Any

from tests.service.caller import Caller

FORMS = [(ending, language) for ending in ("csv", "xlsx", "json") for language in ("nl", "en")]
CLIENTS: list[dict[str, Any]] = [
    {"client_number": "00123", "name": "Bakkerij \"Jansen\" B.V.", "kvk_number": "01234567", "hours_to_notify": 24,
     "services": {"payroll_bare": "processor", "hosting": "controller"},
     "contacts": [{"name": "=Bea", "email": "+bea@jansen.example", "phone": "+31 10 123 45 67"},
                  {"name": "Bo", "phone": "020 123 45 67"}, {"name": "Kees", "email": "kees@jansen.example"}]},
    {"client_number": "-7", "name": "'+Tandarts", "kvk_number": "12345678", "hours_to_notify": None,
     "services": {"bookkeeping": "controller", "payroll_bare": "processor"},
     "contacts": [{"name": "Wit", "email": "wit@tand.example"}]},
    {"client_number": "0", "name": "Kapper; Kort", "kvk_number": "23456789", "hours_to_notify": 720,
     "services": {"audit": "controller", "payments": "processor", "payroll_bare": "processor",
                  "payroll_extended": "processor", "tax_returns": "processor"},
     "contacts": [{"name": "Koos", "email": "koos@kort.example"}, {"name": "Kim", "email": "kim@kort.example"}]},
]  # fmt: skip


def as_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def taken(caller: Caller, content: bytes, purpose: str = "register") -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the dry run of a file that was brought in with the columns that are proposed, and what came of it."""
    sent = caller.call("POST", "files", data={"purpose": purpose, "file": (BytesIO(content), purpose)})
    assert sent.status_code == 201, sent.text
    path = f"files/{sent.json['id']}"
    columns = [{"place": c["place"], "field": c["field"]} for c in sent.json["columns"] if c["field"]]
    assert caller.put(f"{path}/mapping", {"columns": columns}).status_code == 200
    answers = {"answers": {"confirmed_doubles": True}} if purpose == "clients" else {}
    run, answer = caller.get(path).json, caller.post(f"{path}/taking", {"take": "all", **answers})
    assert answer.status_code == 200, answer.text
    return run, answer.json["result"]
