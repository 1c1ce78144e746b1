"""Engines that give the meaning of texts as vectors."""
