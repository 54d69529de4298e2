"""Many stacks at once, of all organizations, regions, profiles.

`Fleet` reads them gently, the riskiest lists first, and reports each new
`FleetSnapshot` to screens and commands. Plain functions answer questions about its rows
(due, inventory, drift). Nothing here draws, prints or stores anything on disk.
"""
