"""Many stacks at once, of all organizations, regions, profiles.

`Fleet` reads them gently and by risk, and tells of each new `FleetSnapshot`; a screen
and a command use it alike. What is asked of its rows (due, inventory, drift) are plain
functions. It knows no screen and prints nothing, and keeps nothing on disk: no value,
no list.
"""
