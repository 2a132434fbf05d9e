"""Asking and keeping answers: start due check-ins, record an answer, close the unanswered."""
