"""The web server's way in: ``gunicorn wsgi:app``."""

import gc

from service import create_app
from service.running.logs import configure

gc.disable()  # what is loaded stays: to look for garbage meanwhile takes a fifth of the start
app = create_app()
configure("web", app.config["MELDKETEN"].log_level)
# Later, too: looking through it for garbage, every so often, took a tenth of a second of some request.
gc.freeze()
gc.enable()
