"""Programs that store a token's value where it's used.

The value goes to a program's standard input and nowhere else. A delivery is graded by
what is read back, whatever the program reports. There's no vendor's code here: the
configuration says which programs to run.
"""
