"""The settings of the sandbox, read when it starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

REQUIRED = ("SENDGRID_API_KEY", "SANDBOX_DIR")


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Where mail is kept, who may send it, and where the events go."""

    folder: Path
    api_key: str = field(repr=False)
    webhook_url: str | None
    private_key_path: Path
    mail_from: str = ""
    """The one address that this account may send from, in what it tells about itself."""
    answer_within_s: float = 10.0
    """How many seconds a webhook gets for one array of events."""

    @classmethod
    def from_mapping(cls, env: Mapping[str, str]) -> "SandboxSettings":
        """Return the settings in these values. Without WEBHOOK_URL events are kept and not posted.

        Raises ValueError for a value that is missing or wrong.
        """
        missing = [name for name in REQUIRED if not env.get(name, "").strip()]
        if missing:
            raise ValueError(f"The SendGrid sandbox cannot start: {', '.join(missing)} not set.")
        folder = Path(env["SANDBOX_DIR"].strip())
        key_path = env.get("SANDBOX_PRIVATE_KEY", "").strip()
        return cls(
            folder=folder,
            api_key=env["SENDGRID_API_KEY"].strip(),
            webhook_url=env.get("WEBHOOK_URL", "").strip() or None,
            mail_from=env.get("MAIL_FROM", "").strip(),
            private_key_path=Path(key_path) if key_path else folder / "webhook-key.pem",
        )
