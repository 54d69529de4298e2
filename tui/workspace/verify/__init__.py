"""Proving that tokens work, by calls to the hosts that take them."""
