"""A token in the form that a program wants.

Nothing in here knows of a clipboard or a screen.
"""
