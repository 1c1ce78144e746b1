"""Engines that make other voices of a voice."""
