"""One stack as the screens see it.

Screens call its methods and are told of each new snapshot. Nothing in here knows of a
screen, of JSON or of a header.
"""
