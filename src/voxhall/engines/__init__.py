"""The replaceable brains: one folder an ability, one file an engine."""
