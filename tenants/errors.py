"""The refusals of the domain. Each names a message key; the service turns it into words and an HTTP status."""

from typing import Any


class Refused(Exception):
    """The domain refuses. `key` names the message, `field` the input that it belongs to, `values` what the message
    mentions."""

    key = "refused"

    def __init__(self, key: str | None = None, field: str | None = None, **values: Any) -> None:
        self.key = key or self.key
        self.field = field
        self.values = values
        super().__init__(self.key)


class NotFound(Refused):
    """The acting organisation has no such row. Whether another organisation has it is not said."""

    key = "not_found"


class VersionMissing(Refused):
    """The request decides or sends, and does not say which version the person looked at."""

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
    """Another act came first, or the step is not open."""

    key = "step.already_done"


class OfOldRegister(AlreadyDone):
    """The breach was taken over from an old register: it stays as it was said there, and no step is done about it."""

    key = "breach.of_old_register"


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
    """The login did not show who the person is. The error does not say whether address, password or code was wrong."""

    key = "login.refused"


class Busy(Refused):
    """Too much of this is under way; the caller may try again after `seconds`."""

    key = "http.503"


class TooOften(Refused):
    """Too many attempts; the caller may try again after `seconds`."""

    key = "login.too_often"
