"""The one filter language.

`stack:acme kind:management !env:qa expires:<30d free words`: terms side by side must
all hold, `OR` begins an alternative, `!` turns a term around. For the filter of every
list and for `--filter`. Nothing in here knows of a token, a widget or a stack: a row
that can be asked for is a `QueryRow`.
"""
