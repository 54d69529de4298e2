"""Settings as typed values, read from flags, environment and file.

No credential is read here, and nothing that a run leaves behind is kept here.
"""
