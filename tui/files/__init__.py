"""Files, opened and replaced with care."""
