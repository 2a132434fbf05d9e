"""`flask keys`: make a key, and encrypt every stored value with the newest one."""

import click
from flask.cli import AppGroup

from followup_service.encryption import EncryptedText, keyring, make_key
from followup_service.extensions import db

keys_commands = AppGroup("keys", help="The keys that encrypt names, numbers and texts.")
ROWS_A_TRANSACTION = 500


@keys_commands.command("make")
def make() -> None:
    """Print a new key, to be put first in FIELD_ENCRYPTION_KEYS."""
    click.echo(make_key())


@keys_commands.command("rotate")
def rotate() -> None:
    """Encrypt with the newest key whatever an older one encrypted; afterwards the older key may be removed."""
    total = sum(_rotate_table(mapper.class_) for mapper in db.Model.registry.mappers)
    click.echo(f"{total} values are now under the newest key. The older keys are no longer needed.")


def _rotate_table(model: type) -> int:
    names = [name for name, value in vars(model).items() if isinstance(value, EncryptedText)]
    count, last = 0, None
    while names:
        query = db.select(model).order_by(model.id).limit(ROWS_A_TRANSACTION).with_for_update()  # type: ignore[attr-defined]
        rows = list(db.session.scalars(query if last is None else query.where(model.id > last)))  # type: ignore[attr-defined]
        if not rows:
            break
        count += sum(_rotate_value(row, name) for row in rows for name in names)
        last = rows[-1].id
        db.session.commit()
    return count


def _rotate_value(row: object, name: str) -> bool:
    stored = getattr(row, f"{name}_encrypted")
    if stored is None or keyring().is_current(stored):
        return False
    setattr(row, name, getattr(row, name))
    return True
