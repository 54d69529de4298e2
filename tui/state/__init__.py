"""What outlives a run: by uid and name, never by value.

A file with a value that the user asked for is deleted at exit.
"""
