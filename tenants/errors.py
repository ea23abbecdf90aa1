"""What the domain can refuse. Each names a message key; the doors turn it into words and a status."""

from typing import Any


class Refused(Exception):
    """The domain says no. `key` names the message, `field` where it belongs, `values` what it mentions."""

    key = "refused"

    def __init__(self, key: str | None = None, field: str | None = None, **values: Any) -> None:
        self.key = key or self.key
        self.field = field
        self.values = values
        super().__init__(self.key)


class NotFound(Refused):
    """There is no such thing in this organisation; whether another has it is nobody's business."""

    key = "not_found"


class VersionMissing(Refused):
    """Whoever decides or sends says which version they looked at, and this request did not."""

    key = "version.required"


class Invalid(Refused):
    """The input cannot be right. Nothing was saved."""

    key = "invalid"


class ManyInvalid(Invalid):
    """Several faults at once, each at its field or line."""

    key = "invalid.many"

    def __init__(self, faults: list[Invalid]) -> None:
        super().__init__()
        self.faults = faults


class AlreadyDone(Refused):
    """Somebody else was first, or the step is not open."""

    key = "step.already_done"


class KeyDestroyed(AlreadyDone):
    """The organisation's key was destroyed: what was sealed with it cannot be read, and nothing can be sealed."""

    key = "key.destroyed"


class NotAllowed(Refused):
    """This person may not do this."""

    key = "not_allowed"


class OutOfDate(Refused):
    """The page or client decided on an older version than there is now."""

    key = "version.out_of_date"


class NotKnown(Refused):
    """Who logs in did not show who they are. Never says what was wrong."""

    key = "login.refused"


class Busy(Refused):
    """Too much of this is under way already; `seconds` says when to try again."""

    key = "http.503"


class TooOften(Refused):
    """Too many attempts; `seconds` says how long to wait."""

    key = "login.too_often"
