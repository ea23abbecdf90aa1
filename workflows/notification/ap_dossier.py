"""The AP's form of one breach in the register (Art. 33(3)): from its row, its organisation, and people's draft answers.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tenants.organisations.organisations import Organisation
from tenants.register.breaches import Breach
from tenants.register.notices import Notice
from workflows.law.ap_form.facts import CHOICES, COUNTS, DAYS, MOMENTS, TEXTS, YES_OR_NO

COLUMNS = tuple(name for name in (*TEXTS, *MOMENTS, *DAYS, *CHOICES, *YES_OR_NO, *COUNTS) if name != "now")
ORGANISATION = ("name", "kvk_number", "fg_name", "fg_email", "fg_number")


def facts_of(
    breach: Breach,
    organisation: Organisation,
    *,
    reporter: Mapping[str, str | None] | None = None,
    notice: Notice | None = None,
    people_told: int | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Return the mapping that `ap_form.fill` takes.

    `reporter` has name, function, email and phone. `people_told` is how many the notice informed. `now` is the
    database's clock, which shows the question for the reasons of delay in time; after the submission its own moment
    decides.
    """
    facts = {name: getattr(breach, name) for name in COLUMNS} | {"earliest_aware_at": breach.first_aware_at}
    return {
        **facts,
        "facts": breach.facts or {},
        "organisation": {name: getattr(organisation, name) for name in ORGANISATION},
        "reporter": dict(reporter or {}),
        "notice": _told(notice, people_told),
        "now": now,
        "draft": {"answers": (breach.draft or {}).get("answers", {})},
    }


def _told(notice: Notice | None, people_told: int | None) -> dict[str, Any] | None:
    if notice is None:
        return None
    content = "\n\n".join(text for text in notice.parts.values() if text)
    return {"sent_at": notice.sent_at, "people_told": people_told if notice.sent_at else None, "content": content}
