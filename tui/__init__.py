"""Tokendeck: a keyboard-driven terminal dashboard for the tokens of a Contentstack stack."""
