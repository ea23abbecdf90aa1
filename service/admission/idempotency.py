"""`Idempotency-Key`: a client that does not know whether its request arrived may send the same request again."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, jsonify, make_response, request

from service.admission.access import user
from service.admission.admission import admission
from tenants.errors import Invalid
from tenants.idempotency import earlier_answer, keep_answer

LONGEST_KEY = 200
MULTIPART = "multipart/form-data"


def idempotent(view: Callable[..., Any]) -> Callable[..., Any]:
    """Answer a repeated request with the first answer, and do nothing again.

    It is the outermost decorator of a view.
    """

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if not key:
            return make_response(view(*args, **kwargs))
        if len(key) > LONGEST_KEY:
            raise Invalid("idempotency.too_long", "Idempotency-Key", most=LONGEST_KEY)
        # Keys are stored for each user, so nobody learns which keys a colleague uses.
        key = hashlib.sha256(f"{user().id}|{key}".encode()).hexdigest()
        address = request.full_path.removesuffix("?")  # what is asked in the query decides too
        whole = hashlib.sha256(f"{user().id}|{request.method}|{address}|".encode())
        whole.update(_parts() if request.mimetype == MULTIPART else request.get_data())
        earlier = earlier_answer(key, whole.digest())
        if earlier is not None:
            return _again(*earlier)
        answer = make_response(view(*args, **kwargs))
        keep_answer(key, answer.status_code, _to_keep(answer.get_json(silent=True)))
        return answer

    return once


def _parts() -> bytes:
    """Return the hash of the fields and files of a form. Programs choose another boundary between them each time."""
    hashed = hashlib.sha256()
    for name, value in request.form.items(multi=True):
        hashed.update(_counted(name, value))
    for name, file in request.files.items(multi=True):
        content = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
        file.stream.seek(0)
        hashed.update(_counted("", name, file.filename or "", content))
    return hashed.digest()


def _counted(*words: str) -> bytes:
    return "".join(f"{len(word)}|{word}|" for word in words).encode("utf-8", "surrogatepass")


def told_once(*fields: str) -> None:
    """Mark fields of the answer as secrets: they are not stored, and a repeated request gets null in their place."""
    admission().secret_fields = fields


def _to_keep(body: Any) -> Any:
    secrets = admission().secret_fields
    return body | dict.fromkeys(secrets) if secrets else body


def _again(status: int, body: Any) -> Response:
    answer = jsonify(body)
    answer.status_code = status
    answer.headers["Idempotency-Replayed"] = "true"
    return answer
