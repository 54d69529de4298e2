"""Lines, lists, fields: how things look, moved by keyboard only.

They know how something looks and moves, never what it means: no tokens, no keys of the
command registry, no network, no clipboard. Text from outside is cleaned by
`tui.display` and drawn as plain cells, never as markup. A widget repaints only the
lines whose look has changed.
"""
