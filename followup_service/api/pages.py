"""Lists in pages: an opaque, signed cursor says where the next page begins, so that new rows neither repeat nor hide old ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app, request, url_for
from itsdangerous import BadData, URLSafeSerializer
from marshmallow import Schema, fields, validate
from sqlalchemy import ColumnElement, Integer, Select, String, Uuid, and_, or_

from followup_service.api.fields import PlainText, StrictSchema
from followup_service.columns import UtcDateTime
from followup_service.errors import Refused
from followup_service.extensions import db

LARGEST_PAGE = 200
READERS = {UtcDateTime: datetime.fromisoformat, Uuid: UUID, Integer: int, String: str}
Columns = Sequence[Any]


class PageArguments(StrictSchema):
    """What every list takes."""

    cursor = PlainText(longest=2000, metadata={"description": "From `next` of the page before; left out, the list begins"})
    limit = fields.Integer(
        load_default=50, validate=validate.Range(1, LARGEST_PAGE, error=f"write a number from 1 to {LARGEST_PAGE}"), strict=False
    )


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of these items."""
    name = item.__name__.removesuffix("Schema")
    next_ = fields.String(required=True, allow_none=True, metadata={"description": "The next page's address; null on the last"})
    items = fields.List(fields.Nested(item), required=True)
    return Schema.from_dict({"items": items, "next": next_}, name=f"{name}PageSchema")


def rows_of_page(query: Select[Any], order: Columns, arguments: dict[str, Any], *, newest_first: bool = True) -> list[Any]:
    """The rows after the cursor, one more than the page holds where there are more. `order` must tell every two rows apart."""
    written = arguments.get("cursor")
    if written is not None:
        query = query.where(_after(order, _read_cursor(written, order), newest_first))
    ordered = query.order_by(*(column.desc() if newest_first else column.asc() for column in order))
    return list(db.session.execute(ordered.limit(arguments["limit"] + 1)))


def address_of_next(rows: Sequence[Any], arguments: dict[str, Any], last_key: Sequence[Any]) -> str | None:
    """The next page's address; None where `rows` holds no more than a page. `last_key` are the order values of the last row shown."""
    if len(rows) <= arguments["limit"]:
        return None
    cursor = _signer().dumps([value.isoformat() if isinstance(value, datetime) else _plain(value) for value in last_key])
    filters = {name: value for name, value in request.args.items() if name != "cursor"}
    return url_for(str(request.endpoint), **(request.view_args or {}), **filters, cursor=cursor)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else str(value)


def _after(order: Columns, last: Sequence[Any], newest_first: bool) -> ColumnElement[bool]:
    alternatives = []
    for place, column in enumerate(order):
        same = [before == value for before, value in zip(order[:place], last[:place], strict=True)]
        alternatives.append(and_(*same, column < last[place] if newest_first else column > last[place]))
    return or_(*alternatives)


def _read_cursor(written: str, order: Columns) -> list[Any]:
    try:
        values = _signer().loads(written)
    except BadData:
        raise Refused(
            "this cursor is not of this list: take it from `next` of the page before, or leave it out to begin",
            {"cursor": ["take it from `next`, or leave it out"]},
        ) from None
    return [READERS[type(column.type)](value) for column, value in zip(order, values, strict=True)]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=f"page of {request.path}")
