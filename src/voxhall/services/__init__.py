"""What a user may do, and its record."""
