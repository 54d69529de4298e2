"""Tokendeck: a terminal dashboard for the tokens of a Contentstack stack."""
