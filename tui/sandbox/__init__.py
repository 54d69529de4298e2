"""The embedded Contentstack: three APIs of a small organization, in memory.

They speak ASGI, so they are reached in process or, served, on 127.0.0.1. This room
imports nothing from the others: a fact of the API misread in the client and here alike
would cancel itself out.
"""
