"""Pure functions on samples: decode, encode, resample."""
