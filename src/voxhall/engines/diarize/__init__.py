"""Engines that find who speaks when."""
