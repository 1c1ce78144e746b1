"""The Lesan dialect: transcriptions, keys and usage."""
