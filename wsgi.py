"""The web server's way in: ``gunicorn wsgi:app``."""

from service import create_app

app = create_app()
