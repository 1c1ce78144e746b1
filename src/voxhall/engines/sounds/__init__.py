"""Engines that find sounds which are not words."""
