"""What the tests share: a real terminal, waiting for a Pilot, the fixed clock.

Nothing here knows what Tokendeck's screens say.
"""
