"""Values of tokens that turn up somewhere: where they stand, whose they are.

Nothing here draws or asks Contentstack. It gets what it compares with as hashes, so it
holds no value longer than it takes to hash it, and it answers with places, never with
values.
"""
