"""The WSGI entry point: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import gc

from followup_service import create_app
from followup_service.conversation.vocabulary import load_vocabulary

ALLOCATIONS_BETWEEN_COLLECTIONS = 20_000

app = create_app()

# The first text must not wait for the lexicons; and what is loaded now stays, so the garbage collector need not walk through it again.
load_vocabulary()
gc.collect()
gc.freeze()
gc.set_threshold(ALLOCATIONS_BETWEEN_COLLECTIONS)
