"""What other systems tell us: signed, or refused."""

from flask import Flask

from service.webhooks import sendgrid


def register(app: Flask) -> None:
    """Every webhook."""
    app.register_blueprint(sendgrid.blueprint(app.config["MELDKETEN"].sendgrid_webhook_public_keys))
