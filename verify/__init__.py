"""The harness: is every gradient of an engine right, with proof?"""

__version__ = "0.1.0"
