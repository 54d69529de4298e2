"""The terminal that we run in.

What it can do, its bytes as keys, and what it shows already are known here. Nothing here
knows what Tokendeck is for; Textual's private names are used here and nowhere else.
"""
