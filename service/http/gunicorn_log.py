"""The web server's own lines, in the same JSON as ours.

``gunicorn --logger-class service.http.gunicorn_log.JsonLog``
"""

from typing import Any

from gunicorn.glogging import Logger

from service.running.logs import configure


class JsonLog(Logger):
    """What gunicorn tells about its workers goes the way of all lines."""

    def setup(self, cfg: Any) -> None:
        """Before the app is there; wsgi.py does it again in each worker, with the level of the settings."""
        super().setup(cfg)
        configure("web", cfg.loglevel)
