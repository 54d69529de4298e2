"""The terminal we run in: what it is, its bytes as keys, and what it shows already.

Nothing here knows what Tokendeck is for; Textual's private names are used here and
nowhere else.
"""
