"""One stack as the screens see it: its last reading, and all that can be done to it.

Screens call its methods and are told of each new snapshot. Nothing in here knows of a
screen, of JSON or of a header.
"""
