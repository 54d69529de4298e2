"""The routes to the user's clipboard.

`situation` finds which routes there are from here; `local`, `tmux` and `osc52` are the
routes; `turns` knows the newest copy of all processes; `copier` picks a route, says
what is known of the copy, and clears it. Nothing here knows screens or keys: writing
to the terminal is passed in.
"""
