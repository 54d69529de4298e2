"""Lists which document each command prints with `--json`, for the schema."""

from __future__ import annotations

from tui.cli.documents import (
    BranchesDocument,
    ChangeDocument,
    CoverageDocument,
    Document,
    DryRunDocument,
    EnvironmentsDocument,
    FailureDocument,
    HealthDocument,
    StacksDocument,
    TokenDocument,
    TokensDocument,
    VerificationDocument,
    WhoDocument,
)
from tui.cli.fleet_documents import (
    AllHealthDocument,
    AllTokensDocument,
    DriftDocument,
    DueDocument,
    InventoryDocument,
)
from tui.cli.leak_documents import FindsDocument, WhoseDocument
from tui.cli.rotation_documents import RotationDocument

DOCUMENTS: dict[str, type[Document]] = {
    "list": TokensDocument,
    "list --all-stacks": AllTokensDocument,
    "show": TokenDocument,
    "create": ChangeDocument,
    "ensure": ChangeDocument,
    "edit": ChangeDocument,
    "delete": ChangeDocument,
    "preview create": ChangeDocument,
    "preview delete": ChangeDocument,
    "verify": VerificationDocument,
    "rotate": RotationDocument,
    "export": ChangeDocument,
    "coverage": CoverageDocument,
    "health": HealthDocument,
    "health --all-stacks": AllHealthDocument,
    "find": FindsDocument,
    "whose": WhoseDocument,
    "stacks": StacksDocument,
    "environments": EnvironmentsDocument,
    "branches": BranchesDocument,
    "whoami": WhoDocument,
    "due": DueDocument,
    "inventory": InventoryDocument,
    "drift": DriftDocument,
    "--dry-run": DryRunDocument,
    "error": FailureDocument,
}
"""What each command prints with `--json`."""
