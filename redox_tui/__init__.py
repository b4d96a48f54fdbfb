"""A terminal client for the logs and filters of the Redox Platform API."""

__version__ = "0.1.0"
