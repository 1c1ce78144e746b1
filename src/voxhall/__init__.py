"""Voxhall: one self-hosted voice AI server, Python library and command line."""
