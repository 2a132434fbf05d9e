"""Enrol, consent, treatments, change of contact, opt out, withdraw."""
