"""Who may: accounts and their keys."""
