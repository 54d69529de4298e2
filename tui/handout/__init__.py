"""A token in the form that a program wants: `.env` with a framework's names, JSON, curl; as text or a file.

Free of screens. What is written is what python-dotenv and node's dotenv both read back as the same value; a
value that they can't both read is refused.
"""
