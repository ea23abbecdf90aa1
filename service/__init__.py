"""The doors: HTTP, pages, login, commands."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.config import Config
    from service.wiring import Service


def create_app(config: "Config | None" = None) -> "Service":
    """The app of service/wiring.py, imported only when it is asked for: the rules of the law need none of it."""
    from service.wiring import create_app

    return create_app(config)
