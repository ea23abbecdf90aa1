"""The web server's way in: ``gunicorn wsgi:app``."""

from service import create_app
from service.logs import configure

app = create_app()
configure("web", app.config["MELDKETEN"].log_level)
