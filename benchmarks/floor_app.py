"""The floor of the inbound benchmark: a bare Flask endpoint that checks the signature and commits one row."""

import os
from uuid import uuid4

from flask import Flask, Response, abort, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column
from twilio.request_validator import RequestValidator

from followup_service import database
from followup_service.read_config import read_config

config = read_config()
app = Flask(__name__)
app.config.update(SQLALCHEMY_DATABASE_URI=config.database_url, SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(config))
db = SQLAlchemy(app)
validator = RequestValidator(config.twilio_auth_tokens[0])


class FloorMessage(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "floor_messages"

    id: Mapped[str] = mapped_column(primary_key=True)
    provider_sid: Mapped[str] = mapped_column(unique=True)
    body: Mapped[str] = mapped_column(Text)


with app.app_context():
    database.prepare(db.engine)
    if os.environ.get("FLOOR_CREATES_TABLES"):
        db.create_all()


@app.post("/sms/inbound")
def inbound() -> Response:
    url = config.public_base_url + request.environ["RAW_URI"]
    if not validator.validate(url, request.form, request.headers.get("X-Twilio-Signature", "")):
        abort(403)
    db.session.add(FloorMessage(id=uuid4().hex, provider_sid=request.form["MessageSid"], body=request.form["Body"]))
    db.session.commit()
    return Response("<Response/>", mimetype="text/xml")
