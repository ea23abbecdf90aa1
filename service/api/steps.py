"""The routes of the steps of people, made from their declarations in service/steps.py."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from marshmallow import Schema

from service.admission.access import actor, may, role
from service.admission.idempotency import idempotent
from service.api.answers import expected_version, version_looked_at
from service.steps import DeclaredStep, steps_of
from workflows.catalogue import CATALOGUE
from workflows.engine.advance import complete
from workflows.roles import ON_A_VERSION

Answer = tuple[dict[str, Any], dict[str, str]]


def add_step_routes(
    blueprint: Blueprint, workflow: str, path: str, shape: type[Schema], whole: Callable[[UUID], Answer],
    find: Callable[[UUID], Any],
) -> None:  # fmt: skip
    """Add a route under `path` for each step of this workflow that has none of its own.

    `find` returns the subject by its id and raises NotFound; `whole` returns the answer, which has this shape.
    """
    for step in steps_of(workflow):
        if not step.own_route:
            view = _described(step, shape, blueprint, _view_of(step, whole, find))
            blueprint.route(f"{path}/{step.noun}", methods=[step.method])(view)


def _view_of(step: DeclaredStep, whole: Callable[[UUID], Answer], find: Callable[[UUID], Any]) -> Callable[..., Answer]:
    def view(payload: dict[str, Any], **ids: UUID) -> Answer:
        [subject_id] = ids.values()
        subject = find(subject_id)
        version = version_looked_at() if step.name in ON_A_VERSION else expected_version()
        complete(CATALOGUE[step.workflow], subject.id, step.name, actor(), role(), payload, version)
        return whole(subject.id)

    view.__name__, view.__doc__ = step.operation, step.says
    return view


def _described(
    step: DeclaredStep, shape: type[Schema], blueprint: Blueprint, view: Callable[..., Answer]
) -> Callable[..., Any]:
    """Return the view with its marks, in the order that the other views of the API have them."""
    marked = blueprint.response(200, shape)(may(step.name)(view))
    return idempotent(blueprint.arguments(step.schema)(marked))
