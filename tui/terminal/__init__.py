"""The terminal that we run in.

Nothing here knows what Tokendeck is for. Private names of Textual stay in here, see
`textual_internals`.
"""
