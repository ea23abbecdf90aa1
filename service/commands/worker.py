"""`meldketen worker`: does the steps that are ready and sends the batches that are planned."""

import gc
import signal
import threading

from service.config import Config
from service.running.app_without_routes import app_without_routes
from service.running.logs import configure
from workflows.mail.sendgrid import SendGridSender
from workflows.running.jobs import use_mail_sender
from workflows.running.processes import work


def run(config: Config) -> None:
    """Work until the process is asked to stop; then finish or hand back the steps that it holds."""
    configure("worker", config.log_level)
    app = app_without_routes(config)
    use_mail_sender(
        SendGridSender(config.sendgrid_api_key, config.sendgrid_host, config.mail_from, config.mail_from_name)
    )
    gc.freeze()  # The same as in wsgi.py.
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    work(config.redis_url, app.app_context, stopping)
