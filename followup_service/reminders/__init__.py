"""Visits: announce, remind, confirm, move to another day, chase the missed."""
