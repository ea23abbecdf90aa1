"""Runs schemathesis over the specification: bodies and queries that it allows, and some that it does not allow."""

import logging
from typing import Any

from service.story.client import TrialFailed
from tests.trials.attack.requests import Request
from tests.trials.attack.routes import PARAMETER, Route, ids_of
from tests.trials.attack.visitors import Visitor
from tests.trials.attack.walking import Walk

SERVER_ERROR = "ServerError"
MISSING = "schemathesis is not installed: pip install -e '.[attack]' -c constraints.txt"


class NotInstalled(TrialFailed):
    """Raised when schemathesis is not installed."""


def fuzz(walk: Walk, spec: dict[str, Any], owner: Visitor, examples: int, seed: int, some: int | None) -> None:
    """Try this many examples of each operation as the owner of one organisation, with ids that exist.

    Raises NotInstalled without schemathesis.
    """
    try:
        import schemathesis
    except ImportError as missing:
        raise NotInstalled(MISSING) from missing
    logging.getLogger("schemathesis").setLevel(logging.ERROR)
    before = walk.ledger.rows()
    places = {PARAMETER.sub(r"{\2}", route.rule): route for route in walk.routes if route.is_api}
    described: Any = schemathesis.openapi.from_dict(spec)
    operations = [operation.ok() for operation in described.get_all_operations()]
    for operation in operations if some is None else walk.chance.sample(operations, min(some, len(operations))):
        _one(walk, operation, places.get(operation.path), owner, examples, seed)
    walk.compare(before, walk.ledger.rows(), owner.letter, [owner])


def _one(walk: Walk, operation: Any, route: Route | None, owner: Visitor, examples: int, seed: int) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    quiet = settings(
        max_examples=examples, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip

    @seeded(seed)
    @quiet
    @given(case=operation.as_strategy())
    def every(case: Any) -> None:
        _try(walk, case, route, owner)

    every()


def _try(walk: Walk, case: Any, route: Route | None, owner: Visitor) -> None:
    """Send one example in the owner's own organisation, and count every rule that the answer breaks."""
    firm = walk.firms[owner.letter]
    known = ids_of(firm, walk.chance) | {"organisation": firm.slug}
    case.path_parameters = {name: known.get(name, value) for name, value in (case.path_parameters or {}).items()}
    answer = _call(walk, case, owner)
    if answer.status_code == 401 and not (route and route.is_public):
        walk.gate.renew(owner, firm)
        answer = _call(walk, case, owner)
    request = Request(case.method, case.formatted_path, (), repr(case.body).encode(), owner.name, "schemathesis")
    for failure in _failures(case, answer):
        what = "status_500" if type(failure).__name__ == SERVER_ERROR else "undocumented"
        title = f"{type(failure).__name__} at {case.method} {case.operation.path}"
        walk.judge.count(what, title, f"{request} {' '.join(str(failure).split())[:500]}")


def _call(walk: Walk, case: Any, owner: Visitor) -> Any:
    walk.client.sent += 1
    return case.call(base_url=walk.client.base_url, headers={"Authorization": f"Bearer {owner.token}"})


def _failures(case: Any, answer: Any) -> list[Exception]:
    from schemathesis import checks
    from schemathesis.core.failures import Failure, FailureGroup
    from schemathesis.specs.openapi import checks as promised

    asked = [
        checks.not_a_server_error, promised.status_code_conformance, promised.content_type_conformance,
        promised.response_schema_conformance,
    ]  # fmt: skip
    try:
        case.validate_response(answer, checks=asked)
    except FailureGroup as group:
        return list(group.exceptions)
    except Failure as failure:
        return [failure]
    return []
