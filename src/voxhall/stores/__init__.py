"""Where records and bytes are kept."""
