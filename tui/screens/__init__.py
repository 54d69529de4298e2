"""What is seen, and what keys do there.

Screens speak to workspace and copier, never to the network.

A screen draws snapshots and gives commands; it knows no JSON, no header and no status
code.
"""
