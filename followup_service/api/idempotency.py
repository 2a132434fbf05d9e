"""Idempotency-Key: a change that is sent again with the same key gets the first answer again, and nothing is done twice."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Response, json, request
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from followup_service import clock
from followup_service.api.caller import caller
from followup_service.api.idempotency_key import IdempotencyKey
from followup_service.errors import Refused
from followup_service.extensions import db

HEADER = "Idempotency-Key"
KEY_PATTERN = r"[A-Za-z0-9._:-]{1,64}"
KEPT_FOR = timedelta(days=7)
KEPT_HEADERS = ("ETag", "Location")


def once(view: Callable[..., Response]) -> Callable[..., Response]:
    """The transaction of every change: the work and the memory of it are committed together, or neither is."""

    @wraps(view)
    def in_one_transaction(*args: Any, **values: Any) -> Response:
        key = request.headers.get(HEADER)
        kept = _begin(key) if key is not None else None
        if kept is not None and kept.status is not None:
            return _again(kept)
        response = view(*args, **values)
        if kept is not None:
            kept.status = response.status_code
            headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
            kept.answer = json.dumps({"body": response.get_data(as_text=True), "headers": headers})
        db.session.commit()
        return response

    return in_one_transaction


def _begin(key: str) -> IdempotencyKey:
    """The key's row: a new one, or the one that an earlier request left. Of two at once the second waits here for the first."""
    if not re.fullmatch(KEY_PATTERN, key):
        raise Refused(f"{HEADER} is not usable: write 1 to 64 letters, digits or . _ : -", {HEADER: ["write a UUID, for example"]})
    row = _find(key)
    if row is None:
        _forget_old()
        row = IdempotencyKey(token_id=caller().token_id, key=key, request_hash=_request_hash(), created_at=clock.now())
        try:
            with db.session.begin_nested():
                db.session.add(row)
        except IntegrityError:
            row = _find(key)
            assert row is not None  # noqa: S101 - its unique key has just refused ours
    if row.request_hash != _request_hash():
        raise Refused(f"{HEADER} was used for another request: write a new one for each thing to do", {HEADER: ["write a new one"]})
    return row


def _forget_old() -> None:
    forgettable = IdempotencyKey.created_at < clock.now() - KEPT_FOR
    db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.token_id == caller().token_id, forgettable))


def _find(key: str) -> IdempotencyKey | None:
    return db.session.scalar(select(IdempotencyKey).where(IdempotencyKey.token_id == caller().token_id, IdempotencyKey.key == key))


def _request_hash() -> bytes:
    said = f"{request.method} {request.full_path}\n".encode("utf-8", "surrogatepass")
    return hashlib.sha256(said + request.get_data(cache=True)).digest()


def _again(kept: IdempotencyKey) -> Response:
    answer = json.loads(kept.answer)
    response = Response(answer["body"], kept.status, mimetype="application/json")
    response.headers.extend(answer["headers"])
    response.headers["Idempotency-Replayed"] = "true"
    return response
