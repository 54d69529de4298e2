"""The commands of the shell: each with its line of help and the module it is in.

A command's module is loaded only when it's used, so `--help` and Tab stay fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import click


class ShellCommand(NamedTuple):
    """One command of the shell.

    Attributes:
        help: its line in the list of commands.
        module: the module in `tui.cli`, in which the command has the same name.
        ids: the registry's commands that it carries out.
    """

    help: str
    module: str
    ids: tuple[str, ...] = ()

    def load(self) -> click.Command:
        """Return the command itself."""
        module = import_module(f"tui.cli.{self.module}")
        command: click.Command = getattr(module, self.module)
        return command


SHELL_COMMANDS = {
    "list": ShellCommand(
        "List the tokens of the stack.", "list_tokens", ("all_stacks",)
    ),
    "show": ShellCommand("Show everything about one token.", "show", ("details",)),
    "create": ShellCommand("Create a token.", "create", ("new", "clone")),
    "ensure": ShellCommand("Create a token unless it exists.", "ensure"),
    "edit": ShellCommand("Change a token (except its value).", "edit", ("edit",)),
    "delete": ShellCommand("Delete tokens.", "delete", ("delete",)),
    "preview": ShellCommand(
        "Create or delete a preview token.",
        "preview",
        ("create_preview", "delete_preview"),
    ),
    "verify": ShellCommand("Check that tokens work.", "verify", ("verify",)),
    "rotate": ShellCommand("Replace a token step by step.", "rotate", ("rotate",)),
    "export": ShellCommand("Write a token as .env, JSON, curl.", "export", ("export",)),
    "coverage": ShellCommand(
        "Map environments to the tokens that serve them.", "coverage", ("coverage",)
    ),
    "health": ShellCommand("List warnings about the tokens.", "health", ("health",)),
    "find": ShellCommand(
        "Find values of tokens in files and history.", "find", ("find",)
    ),
    "whose": ShellCommand(
        "Say which token a value belongs to.", "whose", ("identify",)
    ),
    "stacks": ShellCommand("List the stacks that you can see.", "stacks", ("stacks",)),
    "environments": ShellCommand("List the stack's environments.", "environments"),
    "branches": ShellCommand("List the stack's branches and aliases.", "branches"),
    "whoami": ShellCommand("Show who is signed in, and where.", "whoami"),
    "due": ShellCommand(
        "List what expires when, in all your stacks.", "due", ("expiry",)
    ),
    "inventory": ShellCommand("Save a list of all tokens (no values).", "inventory"),
    "drift": ShellCommand("Show what changed since an inventory.", "drift"),
    "doctor": ShellCommand(
        "Find out why something doesn't work.", "doctor", ("doctor",)
    ),
    "config": ShellCommand("Show, check and change the configuration.", "config"),
    "logout": ShellCommand("Sign out.", "logout"),
    "help": ShellCommand("Read a page of the documentation.", "help"),
    "sandbox": ShellCommand("Run a local, built-in Contentstack.", "sandbox"),
}
"""The commands by name, in listed order."""

ALIASES = {"hand-out": "export", "hints": "health"}
"""Aliases: accepted, but not listed."""
