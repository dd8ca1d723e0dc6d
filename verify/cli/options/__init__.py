"""The grammar of each command; nothing of a command itself is imported here."""
