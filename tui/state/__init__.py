"""What outlives a run.

It is kept by uid and name. The value of a token is never among it; a file of values
that the user asked for is deleted at exit.
"""
