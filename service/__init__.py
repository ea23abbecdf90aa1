"""The outermost layer. It answers HTTP requests with JSON and pages, logs people in, and runs commands.

May import workflows and tenants; neither may import it. Which of its packages may import which stands in
pyproject.toml.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.config import Config
    from service.wiring import Service


def create_app(config: "Config | None" = None) -> "Service":
    """Return the app of service/wiring.py. It is imported only here, because the law's commands do not need it."""
    from service.wiring import create_app

    return create_app(config)
