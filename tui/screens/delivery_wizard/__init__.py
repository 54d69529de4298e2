"""The four steps to a new delivery token.

All that is entered goes to the workspace's plan at once, so that nothing is lost by going back, by a refusal,
or by a login that ran out.
"""
