"""A check of a request against SendGrid's own OpenAPI (openapi/mail_send.json), with its one mistake mended."""

from importlib.resources import files
from typing import Any

import orjson
from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind

from service.sandbox.answers import Error, error

LONGEST_MESSAGE = 200
NEEDS_PERSONALIZATION = "The personalizations field is required and must have at least one personalization."
NEEDS_FROM = (
    "The from object must be provided for every email send. It is an object that requires the email "
    'parameter, but may also contain a name parameter.  e.g. {"email" : "example@example.com"}  or '
    '{"email" : "example@example.com", "name" : "Example Recipient"}.'
)
NEEDS_TO = (
    "The to array is required for all personalization objects, and must have at least one email object "
    "with a valid email address."
)
KNOWN = {"personalizations": NEEDS_PERSONALIZATION, "from": NEEDS_FROM, "to": NEEDS_TO}


def _load() -> Draft202012Validator:
    document = orjson.loads(files(__package__).joinpath("openapi/mail_send.json").read_bytes())
    body = document["components"]["requestBodies"]["PostMailSend"]["content"]["application/json"]["schema"]
    # The file says string; the real API answers "Expected: object, given: string".
    body["properties"]["custom_args"] = {"type": "object", "maxProperties": 10000}
    # rules.py judges an address with SendGrid's messages, so the format "email" is left out.
    return Draft202012Validator({**body, "components": document["components"]}, validate_formats=False)


VALIDATOR = _load()


def schema_errors(mail: Any) -> list[Error]:
    """Return what SendGrid's own description does not allow."""
    return [_as_error(fault) for fault in VALIDATOR.iter_errors(mail)]


def _as_error(fault: ValidationError) -> Error:
    field = ".".join(map(str, fault.instance_path))
    match fault.kind:
        case ValidationErrorKind.Required(name):
            message = KNOWN.get(name, f"The {name} parameter is required.")
            return error(message, "from.email" if name == "from" else f"{field}.{name}".lstrip("."))
        case ValidationErrorKind.Type(types):
            expected, actual = " or ".join(types), _kind(fault.instance)
            return error(f"Invalid type. Expected: {expected}, given: {actual}.", field or None)
        case ValidationErrorKind.MaxItems() if field == "personalizations" and isinstance(fault.instance, list):
            return error(_too_many(len(fault.instance)), field)
    return error(fault.message[-LONGEST_MESSAGE:], field or None)


def _kind(value: Any) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
    return names.get(type(value), "null")


def _too_many(count: int) -> str:
    return (
        "The personalization block is limited to 1000 personalizations per API request. You have provided "
        f"{count} personalizations. Please consider splitting this into multiple requests and resending your "
        "request."
    )
