"""Engines that find when each word was said."""
