"""What a command does when it is not told."""

DEFAULT_TARGET = "microgradref:Value"
"""The engine that is checked: our own, loaded through the same adapter as any other."""
