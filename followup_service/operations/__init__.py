"""Keeping the service running: heartbeats, health, figures for monitoring, backups, moving to another database."""
