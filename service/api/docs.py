"""The API's specification, and a page that shows it.

The page has our own words and assets, and loads nothing elsewhere.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template

from service.admission.access import public
from service.api.routes import PREFIX
from service.words.texts import t

METHODS = ("get", "post", "put", "delete")
blueprint = Blueprint(
    "api_docs", __name__, url_prefix="/api", template_folder="templates", static_folder="static",
    static_url_path="/docs/static",
)  # fmt: skip


def register(app: Flask, document: Callable[[], dict[str, Any]]) -> None:
    """Serve the OpenAPI document that `document` returns. It is called once, at the first request for it."""
    app.extensions["meldketen_spec"] = cache(lambda: _with_plain_tags(document()))
    app.register_blueprint(blueprint)


def _specification() -> dict[str, Any]:
    specification: dict[str, Any] = current_app.extensions["meldketen_spec"]()
    return specification


def _with_plain_tags(spec: dict[str, Any]) -> dict[str, Any]:
    operations = [doc for path in spec["paths"].values() for method, doc in path.items() if method in METHODS]
    for doc in operations:
        doc["tags"] = [tag.removeprefix(PREFIX) for tag in doc["tags"]]
    spec["tags"] = [{"name": tag["name"].removeprefix(PREFIX)} for tag in spec["tags"]]
    return spec


@blueprint.get("/openapi.json")
@public
def openapi() -> Response:
    """Return the specification in OpenAPI 3.1."""
    return jsonify(_specification())


@blueprint.get("/docs")
@public
def docs() -> str:
    """Return the specification as a page."""
    spec = _specification()
    groups: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in spec["tags"]}
    for path, operations in spec["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = _operation(spec, path, method, operations[method], operations.get("parameters", []))
                groups[operation["tag"]].append(operation)
    shapes = {name: _fields(spec, operation) for name, operation in sorted(spec["components"]["schemas"].items())}
    return render_template("api_docs.html", groups=groups, shapes=shapes)


def _operation(spec: dict[str, Any], path: str, method: str, doc: dict[str, Any], of_path: list[Any]) -> dict[str, Any]:
    parameters = [p for p in [*of_path, *doc.get("parameters", [])] if isinstance(p, dict) and p.get("in") != "path"]
    answer = next((code for code in doc["responses"] if code.isdigit() and code < "300"), "")
    return {
        "id": doc["operationId"], "tag": doc["tags"][0], "method": method.upper(), "path": path,
        "words": t(f"api.operation.{doc['operationId']}"), "open": doc["security"] == [{}],
        "parameters": [_field(p["name"], p["schema"], p.get("required", False)) for p in parameters],
        "bodies": _bodies(spec, doc.get("requestBody", {})), "status": answer,
        "answer": _fields(spec, _json(doc["responses"].get(answer, {}))),
    }  # fmt: skip


def _bodies(spec: dict[str, Any], body: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    return [(kind, _fields(spec, content.get("schema", {}))) for kind, content in body.get("content", {}).items()]


def _json(response: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = response.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _fields(spec: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    schema = _resolved(spec, schema)
    if schema.get("type") == "array":
        schema = _resolved(spec, schema["items"])
    required = schema.get("required", [])
    return [_field(name, field, name in required) for name, field in schema.get("properties", {}).items()]


def _resolved(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    resolved: dict[str, Any] = spec["components"]["schemas"][name] if name else schema
    return resolved


def _field(name: str, schema: dict[str, Any], required: bool) -> dict[str, Any]:
    inner = schema.get("items", schema)
    kind = schema.get("type", "")
    kinds = [each for each in (kind if isinstance(kind, list) else [kind]) if each and each != "null"]
    return {
        "name": name, "kind": " ".join(filter(None, (*kinds, schema.get("format", "")))), "shape": _shape(inner),
        "required": required, "words": [word for word in inner.get("enum", []) if word is not None],
    }  # fmt: skip


def _shape(schema: dict[str, Any]) -> str:
    """Return the name of the schema that this one refers to, also where it may be null."""
    either = [schema, *schema.get("anyOf", []), *schema.get("allOf", [])]
    return next((option["$ref"].rpartition("/")[2] for option in either if "$ref" in option), "")
