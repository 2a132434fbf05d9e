"""The public doors over HTTP: the provider's webhooks and the REST API."""

from flask import Flask

from followup_service.api import rest
from followup_service.api.calendar import calendar_feeds
from followup_service.api.sms_webhooks import webhooks
from followup_service.api.voice_webhooks import voice_webhooks


def register(app: Flask) -> None:
    app.register_blueprint(webhooks)
    app.register_blueprint(voice_webhooks)
    app.register_blueprint(calendar_feeds)
    rest.register(app)
