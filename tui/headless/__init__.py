"""What can be done without a screen: commands of the shell, and checks against the registry of commands.

Nothing here draws, and nothing here knows of Textual.
"""
