"""What the form of a step begins with: all that is known already, so that nobody types it again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from service.web.forms import Form
from service.web.layout import moment_known
from service.web.severity_typed import severity_known
from tenants.register.breaches import Breach
from tenants.register.notices import Notice
from workflows.law.vocabulary import is_known
from workflows.notification.advising import SPARED


def beginning(name: str, about: Breach | Notice) -> Form:
    """A step's form holds what is known already."""
    known = KNOWN.get(name)
    return Form.beginning_with(known(about) if known else {})


def facts_known(breach: Breach) -> dict[str, Any]:
    """The facts of a breach as a form holds them; what is not known is left open."""
    known = {name: value for name, value in (breach.facts or {}).items() if is_known(name, value)}
    counts = {"people_min": breach.people_min, "people_max": breach.people_max}
    return {f"facts.{name}": _as_typed(value) for name, value in known.items()} | counts


def awareness_known(breach: Breach) -> dict[str, str]:
    """What the controller itself stated about its awareness, to correct; nothing when it stated nothing yet."""
    own_at, reason = own_statement(breach)
    if own_at is None:
        return {}
    earlier = {"before_found": "true"} if own_at < breach.found_at else {}
    return moment_known("aware_at", own_at) | {"reason": reason or ""} | earlier


def own_statement(breach: Breach) -> tuple[datetime | None, str | None]:
    """The newest moment that the controller itself stated, also one that waits for a second person, and why."""
    if breach.later_aware_at is not None:
        return breach.later_aware_at, breach.later_aware_reason
    return (breach.became_aware_at, breach.own_aware_reason) if breach.own_aware_stated_at else (None, None)


def _as_typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else value


def _assessed(breach: Breach) -> dict[str, Any]:
    chosen = {
        name: getattr(breach, name) for name in
        ("risk", "people_exception", "people_reason", "departure_reason", "authority_severity", "edpb_severity")
    }  # fmt: skip
    if chosen["people_exception"] is None:
        exceptions = (name for name, fact in SPARED.items() if (breach.facts or {}).get(fact) is True)
        chosen["people_exception"] = next(exceptions, None)
    return facts_known(breach) | severity_known(breach.severity_answers or {}) | chosen | {"reason": breach.risk_reason}


def _drafted(breach: Breach) -> dict[str, Any]:
    return {"decision": breach.decision, "reason": breach.decision_reason}


def _written(notice: Notice) -> dict[str, Any]:
    return {**notice.parts, "subject": notice.subject}


KNOWN: dict[str, Callable[[Any], dict[str, Any]]] = {"assess": _assessed, "draft": _drafted, "text": _written}
