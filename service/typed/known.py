"""The values with which the form of a step begins: everything that is known, so that nobody types it again."""

from typing import Any

from service.typed.severity import severity_known
from tenants.register.breaches import Breach
from workflows.law.vocabulary import is_known
from workflows.notification.advising import SPARED


def facts_known(breach: Breach) -> dict[str, Any]:
    """Return the facts of a breach as a form holds them. A fact that is not known is left open."""
    known = {name: value for name, value in (breach.facts or {}).items() if is_known(name, value)}
    counts = {"people_min": _about(breach, breach.people_min), "people_max": _about(breach, breach.people_max)}
    return {f"facts.{name}": _as_typed(value) for name, value in known.items()} | counts


def _about(breach: Breach, number: int | None) -> int | str | None:
    """Return a number of people as the form reads it: an estimate as "ca. 75", so that it stays one."""
    return f"ca. {number}" if number is not None and breach.people_estimate else number


def _as_typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else value


def assessment_known(breach: Breach) -> dict[str, Any]:
    """Return the stored assessment, with the exception of Art. 34(3) that follows from the facts."""
    chosen = {
        name: getattr(breach, name) for name in
        ("risk", "people_exception", "people_reason", "departure_reason")
    }  # fmt: skip
    if chosen["people_exception"] is None:
        exceptions = (name for name, fact in SPARED.items() if (breach.facts or {}).get(fact) is True)
        chosen["people_exception"] = next(exceptions, None)
    return facts_known(breach) | severity_known(breach.severity_answers or {}) | chosen | {"reason": breach.risk_reason}


def draft_known(breach: Breach) -> dict[str, Any]:
    """Return the decision as it was drafted, with its reason."""
    return {"decision": breach.decision, "reason": breach.decision_reason}
