"""The way out: every request to an address that a caller gave leaves through here."""
