"""Programs that take a token's value to where it is used."""
