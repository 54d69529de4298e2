"""The one filter language.

`stack:acme kind:management !env:qa expires:<30d free words`: all terms
must match, `OR` separates alternatives, and `!` negates a term. The filter of every
list and `--filter` use it. Nothing here knows tokens, widgets or stacks: it only asks a
`QueryRow`.
"""
