"""What Tokendeck says of the workspace's values, in words.

The workspace answers with values. Here a function `…_words` returns a sentence about
one of them, and `…_problem` the sentence on why something won't do. The screens share
them with the command line; what only a screen says, in facts and rows, is in
`tui.screens.messages`.
"""
