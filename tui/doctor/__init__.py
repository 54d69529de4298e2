"""The checks that find what keeps Tokendeck from working.

The screen and the command show the same results; neither adds a check of its own, and
nothing here draws or prints.
"""
