"""Forms of the pages carry a token, so that no other site can send them. The provider and programs have a signature or a token instead."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()


def register(app: Flask) -> None:
    # The pages ask for it themselves; a form may stay open as long as the session lasts.
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    csrf.init_app(app)
