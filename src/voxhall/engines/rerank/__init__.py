"""Engines that judge how well texts answer a question."""
