"""`meldketen clock`: acts on what is due, each second. Any number of these processes may run."""

import gc
import signal
import threading

from service.config import Config
from service.running.app_without_routes import app_without_routes
from service.running.logs import configure
from workflows.running.processes import keep_time


def run(config: Config) -> None:
    """Run the deadlines that are due until the process is asked to stop."""
    configure("clock", config.log_level)
    app = app_without_routes(config)
    gc.freeze()  # The same as in wsgi.py.
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    keep_time(app.app_context, stopping)
