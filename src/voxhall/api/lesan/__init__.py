"""The Lesan dialect."""
