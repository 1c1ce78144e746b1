"""Engines composed into work that a person would name; no HTTP, no SQL."""
