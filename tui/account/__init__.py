"""Who is signed in, where.

Nothing here knows a screen or a stack's tokens, and no setting is read from the
configuration file here.
"""
