"""Files, handled with care.

What is read must belong to the user and be shut to others; what is written is whole or
not there. Nothing here knows what a file is for: that is said by the rooms that keep
settings, state, credentials and exports.
"""
