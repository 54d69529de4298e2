"""Programs that take a token's value to where it is used.

The value goes to a program's standard input and nowhere else, and what the program says
of it is not believed: a delivery is graded by what is read back. There is no vendor's
code here: which programs there are is said by the configuration.
"""
