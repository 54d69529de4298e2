"""Values of tokens that turn up in files, in git history or in what you paste.

Nothing here draws, or calls Contentstack. It compares hashes, keeps a value only while
hashing it, and returns places, never values.
"""
