"""The account that is signed in.

Nothing here knows a screen or a stack's tokens, and no setting is read from the
configuration file here.
"""
