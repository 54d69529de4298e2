"""The four steps to a new management token, or through one that is changed."""
