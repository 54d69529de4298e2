"""The checks that say what stands between this machine and Contentstack.

The screen and the command show the same results; neither adds a check of its own, and
nothing here draws or prints.
"""
