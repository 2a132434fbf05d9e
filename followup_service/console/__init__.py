"""The web pages: check the caller, call one function, commit."""

from flask import Flask

from followup_service.console import page_language, security_headers, simulator


def register(app: Flask) -> None:
    security_headers.register(app)
    page_language.register(app)
    simulator.register(app)
