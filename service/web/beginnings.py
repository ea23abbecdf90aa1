"""What the form of a step begins with: all that is known already, so that nobody types it again."""

from collections.abc import Callable
from typing import Any

from service.access import user
from service.web.forms import Form
from tenants.notices import Notice
from tenants.register import Breach


def beginning(name: str, about: Breach | Notice) -> Form:
    """A step's form holds what is known already."""
    known = KNOWN.get(name)
    return Form.beginning_with(known(about) if known else {})


def _assessed(breach: Breach) -> dict[str, Any]:
    return {
        "risk": breach.risk, "reason": breach.risk_reason, "people_exception": breach.people_exception,
        "people_reason": breach.people_reason,
    }  # fmt: skip


def _drafted(breach: Breach) -> dict[str, Any]:
    known = {
        "summary": breach.description, "consequences": breach.consequences, "measures": breach.measures,
        "contact_name": user().name, "contact_email": user().email,
    }  # fmt: skip
    answers = {name: value for name, value in (breach.draft or {}).items() if value}
    first = {f"answers.{name}": value for name, value in (known | answers).items()}
    return first | {"decision": breach.decision, "reason": breach.decision_reason}


def _written(notice: Notice) -> dict[str, Any]:
    return {**notice.parts, "subject": notice.subject}


KNOWN: dict[str, Callable[[Any], dict[str, Any]]] = {"assess": _assessed, "draft": _drafted, "text": _written}
