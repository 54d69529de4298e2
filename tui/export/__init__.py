"""A token in the form that a program wants.

Formats, and the file that one is merged into; no clipboard and no screen.
"""
