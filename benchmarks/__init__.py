"""What Tokendeck costs compared with a bare Textual program; see `results.md`."""
