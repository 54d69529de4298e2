"""The embedded Contentstack.

The management, delivery and preview API of a small organization.

It lives in memory and speaks ASGI, so it is reached in process or, served, on
127.0.0.1. It imports nothing from the other rooms: a fact of the API misread in the
client and here alike would cancel itself out.
"""
