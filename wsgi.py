"""The WSGI entry point: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import gc
import os

from followup_service import create_app
from followup_service.conversation.vocabulary import load_vocabulary

ALLOCATIONS_BETWEEN_COLLECTIONS = 20_000

# The first text that a web server gets must not wait for the lexicons; a command that reads none need not wait for them either. What
# their loading leaves free the application fills.
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    load_vocabulary()

app = create_app()

# What is loaded now stays: the garbage collector need not walk through it again.
gc.collect()
gc.freeze()
gc.set_threshold(ALLOCATIONS_BETWEEN_COLLECTIONS)
