"""Who is signed in, and where.

The way to a stack, and what the user's role allows there.

Knows nothing of screens, and holds nothing of a stack's tokens: those live in
`tui.workspace`.
"""
