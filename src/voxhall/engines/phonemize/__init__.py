"""Engines that know how words are pronounced."""
