"""The facts that the organisations of the attack record: as short as the law allows."""

from typing import Any

STOLEN: dict[str, Any] = {
    "nature": ["confidentiality"], "data": ["name", "bsn"], "groups": ["employees"], "protection": "none",
    "taken": "yes", "recipients": "unknown", "malicious": False, "misused": False,
}  # fmt: skip
ASSESSED: dict[str, Any] = {"facts": STOLEN, "people_min": 5, "people_max": 5, "risk": "high"}
DRAFTED: dict[str, Any] = {"decision": "notify"}
TEXT = ("subject", "nature", "contact", "consequences", "measures")
