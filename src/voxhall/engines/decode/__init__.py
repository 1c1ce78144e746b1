"""Engines that read any recording."""
