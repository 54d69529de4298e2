"""The command line: one module for each command.

Errors become one sentence and an exit code here; what a command does is in the rooms
below.
"""
