"""What other systems post to us. A post with a valid signature is accepted, any other is refused."""

from flask import Flask

from service.webhooks import sendgrid


def register(app: Flask) -> None:
    """Add every webhook."""
    app.register_blueprint(sendgrid.blueprint(app.config["MELDKETEN"].sendgrid_webhook_public_keys))
