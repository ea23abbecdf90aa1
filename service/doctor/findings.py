"""What was found about one part of an installation."""

from dataclasses import dataclass, field

OK, WRONG, UNKNOWN = "ok", "wrong", "unknown"
"""It is right; it is wrong; it cannot be told from here."""


@dataclass(frozen=True)
class Finding:
    """A sentence of doctor.toml by its key, whose first part names what was looked at, and the values in it."""

    state: str
    key: str
    values: dict[str, object] = field(default_factory=dict)

    @property
    def check(self) -> str:
        """Return what was looked at."""
        return self.key.partition(".")[0]


def ok(key: str, **values: object) -> Finding:
    """Return that this is right."""
    return Finding(OK, key, values)


def wrong(key: str, **values: object) -> Finding:
    """Return that this is wrong; its sentence says what to do."""
    return Finding(WRONG, key, values)


def unknown(key: str, **values: object) -> Finding:
    """Return that this cannot be told from here; its sentence says how to find out."""
    return Finding(UNKNOWN, key, values)
