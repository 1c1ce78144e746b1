"""Engines that know people by their voices."""
