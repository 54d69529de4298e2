"""The ways from here to the user's clipboard, and how much is known of what came of a copy.

`situation` finds out where the program runs and which routes there are from here; `local`,
`tmux` and `osc52` are the routes; `turns` knows the newest copy of all processes; `copier`
picks a route, says what is known of the copy, and sees to what is left of it.
Knows nothing of screens and of keys: writing to the terminal is handed in.
"""
