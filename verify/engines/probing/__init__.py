"""Finders: each finds out by trying how one part of an engine's interface is used.

Nothing here knows any engine by name. A member is looked for under the names that engines use, and
believed only when it behaves.
"""
