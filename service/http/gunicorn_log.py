"""The log lines of the web server itself, in the same JSON as ours.

``gunicorn --logger-class service.http.gunicorn_log.JsonLog``
"""

from typing import Any

from gunicorn.glogging import Logger

from service.running.logs import configure


class JsonLog(Logger):
    """Writes gunicorn's lines about its workers as JSON, like all other lines."""

    def setup(self, cfg: Any) -> None:
        """Configure the log before the app exists.

        wsgi.py does it again in each worker, with the level of the settings.
        """
        super().setup(cfg)
        configure("web", cfg.loglevel)
