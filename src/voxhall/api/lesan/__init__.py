"""The Lesan dialect: a speech platform's API, in its fourth version."""
