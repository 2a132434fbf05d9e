"""The follow-up service: `create_app` wires it together, in order, and does nothing else."""

from flask import Flask

from followup_service import api, cli, console, database
from followup_service.api.spooling import Spooling
from followup_service.config import Config
from followup_service.console.page_language import page_words
from followup_service.encryption import Keyring
from followup_service.errors import ConfigError
from followup_service.extensions import db, migrate
from followup_service.logs import configure_logs
from followup_service.messaging.approvals import check_approvals
from followup_service.messaging.catalogues import load_catalogues
from followup_service.messaging.gateways import make_gateway, make_page_gateways
from followup_service.messaging.spool import Spool
from followup_service.protocol.load_study import StudyFileError, load_study
from followup_service.read_config import read_config

LARGEST_REQUEST_BYTES = 64 * 1024
MOST_FORM_FIELDS = 200


def create_app(config: Config | None = None) -> Flask:
    """The application. Raises ConfigError where a setting is missing or unsafe; the `flask` command then still offers what needs none."""
    try:
        config = config or read_config()
        study = load_study(config.study)
        load_catalogues(study.languages)
        check_approvals(study)
        page_words()
        config.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        keyring = Keyring(config.field_encryption_keys, config.phone_index_key)
        spool = Spool(config.spool_directory, keyring)
        spool.check()
    except ConfigError as problem:
        return cli.app_without_service(problem)
    except StudyFileError as problem:
        return cli.app_without_service(ConfigError(problem.problems))
    configure_logs()
    app = Flask(__name__, instance_path=str(config.instance))
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(config),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST_BYTES,
        MAX_FORM_PARTS=MOST_FORM_FIELDS,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.public_base_url.startswith("https://"),
    )
    # A redirect would turn the provider's POST into a GET and lose the text.
    app.url_map.merge_slashes = False
    app.extensions["config"] = config
    app.extensions["study"] = study
    app.extensions["keyring"] = keyring
    app.extensions["sms_gateway"] = make_gateway(config)
    app.extensions["page_gateways"] = make_page_gateways(config)
    app.extensions["spool"] = spool
    app.extensions["spooling"] = Spooling(app, spool)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(database.MIGRATIONS))
    with app.app_context():
        database.prepare(db.engine)
    api.register(app)
    console.register(app)
    cli.register(app)
    return app
