"""Engines that translate texts."""
