"""What Tokendeck costs beside a bare Textual program; see `results.md`."""
