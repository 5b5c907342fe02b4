"""The version of the engine, written in every receipt."""

__version__ = "0.1.0"
