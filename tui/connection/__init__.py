"""What it takes to reach one stack: its region, its name, a credential.

Nothing here asks who is signed in, or keeps anything.
"""
