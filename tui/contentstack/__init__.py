"""Contentstack's APIs as typed, frozen values.

Regions, credentials, models, scope, errors, transport and client live here. Nothing
here knows a screen, a config file or the embedded stack; nobody above here sees JSON or
a header. `httpx` is imported by `transport` alone, and only once a `Transport` is made.
"""
