"""What developers run beside the program: nothing in `tui` imports from here."""
