"""A token in the form that a program wants, and the file it is merged into.

Nothing in here knows of a clipboard or a screen.
"""
