"""Engines that bring a voice near to another."""
