"""What the terminal already shows, so that only the difference is sent.

Textual says on every update what whole regions look like; most of it the terminal shows already. `pens` knows
styles and the way from one to the next, `graphemes` which characters share a cell, `screen` the cells, and
`wired` stands between Textual and its driver: no other module here knows Textual.
"""
