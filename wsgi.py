"""The web server's way in: ``gunicorn --preload wsgi:app``, loaded once for all its workers."""

import gc

from service import create_app
from service.running.logs import configure
from tenants.database import db

gc.disable()  # what is loaded stays: to look for garbage meanwhile takes a fifth of the start
app = create_app()
with app.app_context():
    db.engine.dispose()  # a connection belongs to one process, and each worker is a copy of this one
configure("web", app.config["MELDKETEN"].log_level)
# Later, too, in each worker: looking through it for garbage took a tenth of a second of some request, every so often.
gc.freeze()
gc.enable()
