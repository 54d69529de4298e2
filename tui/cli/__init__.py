"""The command line, one module for each command.

Errors become a sentence with an exit code here; what a command does is in the rooms
below.
"""
