"""What the wizards share: the frame with its ways between steps, and the steps that every token has.

All that is entered goes to the plan at once, so that nothing is lost by going back, by a refusal, or by a
login that ran out.
"""
