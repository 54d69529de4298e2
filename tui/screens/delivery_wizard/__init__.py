"""The four steps to a new delivery token, or through one that is changed."""
