"""What other systems post to us. A post with a valid signature is accepted, any other is refused.

May import config and the signatures of SendGrid's library; never api or web. Its words: event (what became of a
mail), signature, reason.
"""

from flask import Flask

from service.webhooks import sendgrid


def register(app: Flask) -> None:
    """Add every webhook."""
    app.register_blueprint(sendgrid.blueprint(app.config["MELDKETEN"].sendgrid_webhook_public_keys))
