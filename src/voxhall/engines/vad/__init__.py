"""Engines that find where speech is."""
