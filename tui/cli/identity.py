"""Who is signed in, as a document and in words."""

from __future__ import annotations

from tui.cli.documents import WhoDocument
from tui.cli.run import CommandRun
from tui.contentstack.regions import host_of


async def read_who(run: CommandRun) -> WhoDocument:
    """Read who is signed in, and their roles in the stack, if one is chosen."""
    account = run.workspace.account
    connection = await account.connection()
    user = await (await account.client()).current_user()
    roles: tuple[str, ...] = ()
    if connection.stack is not None:
        roles = (await run.read("identity")).permissions.roles
    stack, credential = run.snapshot.stack, connection.credential
    return WhoDocument(
        uid=user.uid,
        email=user.email,
        name=f"{user.first_name} {user.last_name}".strip(),
        credential=credential.kind if credential else "",
        source=connection.source,
        region=connection.region.name,
        host=host_of(connection.region.cma),
        stack=stack.name if stack else "",
        api_key=stack.api_key if stack else "",
        roles=roles,
        read_only=connection.read_only,
    )


def who_facts(who: WhoDocument) -> list[tuple[str, str]]:
    """Return who is signed in as labelled lines."""
    roles = ", ".join(who.roles) or "role unknown"
    facts = [
        ("User", f"{who.name} ({who.email})"),
        ("Credential", f"{who.credential} from {who.source}"),
        ("Region", f"{who.region}, {who.host}"),
        ("Stack", f"{who.stack}, {roles}" if who.stack else "none"),
    ]
    return [*facts, ("Read-only", "yes")] if who.read_only else facts
