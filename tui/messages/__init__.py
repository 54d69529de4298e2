"""What screens and the command line say in words, of the workspace's values.

The workspace answers with values. Here a function `…_words` returns a sentence about
one of them, and `…_problem` the sentence on why something won't do. What only a screen
says, in facts and rows, is in `tui.screens.messages`.
"""
