"""What is on the screen.

A screen draws snapshots and gives commands. It speaks to workspace and copier, never to
the network; it knows no JSON, no header and no status code.
"""
