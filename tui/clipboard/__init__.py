"""The ways from here to the user's clipboard, and how much is known of what came of a copy.

Knows nothing of screens: writing to the terminal is handed in.
"""
