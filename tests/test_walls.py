"""Rules that no linter checks.

What an import loads, import cycles, what lock files may contain, how long things get.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
SOURCES = sorted((ROOT / "tui").rglob("*.py"))

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    """Return the versions in a lock file, by package."""
    return {
        canonicalize_name(name): version
        for name, version in _PINNED.findall(lock.read_text("utf-8"))
    }


@pytest.mark.parametrize(
    "module",
    [
        "tui.workspace",
        "tui.account",
        "tui.commands",
        "tui.clipboard",
        "tui.contentstack.client",
        "tui.cli.main",
    ],
)
def test_what_needs_no_screen_loads_none_and_no_network(module: str) -> None:
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys, {module}\n"
            "print(*sorted({name.partition('.')[0] for name in sys.modules}"
            " & {'textual', 'rich', 'httpx', 'pyperclip'}))",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == []


def test_what_the_first_paint_does_not_need_is_not_loaded_for_it() -> None:
    late = {
        *(
            "httpx",
            "pyperclip",
            "markdown_it",
            "pygments",
            "tomlkit",
            "uvicorn",
            "keyring",
            "pyotp",
        ),
        *(
            "rich.traceback",
            "rich.markdown",
            "rich.syntax",
            "textual.widgets._markdown",
        ),
        *(
            "tui.contentstack.client",
            "tui.contentstack.transport",
            "tui.contentstack.decoding",
            "tui.contentstack.exchange",
            "tui.sandbox.service",
            "tui.account.credential_search",
            "tui.connection.stack_list",
            "tui.contentstack.dressing",
            "tui.clipboard.local",
            "tui.clipboard.situation",
            "tui.clipboard.tmux",
            "tui.export.source",
            "tui.workspace.creation",
            "tui.workspace.rotation",
            "tui.workspace.verify.verifier",
            "tui.workspace.writing",
            "tui.cli.failures",
            "tui.screens.unfinished",
        ),
        *("html", "tomllib"),
    }
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "import json, sys\n"
            # Coverage loads modules of its own at the start.
            "already = set(sys.modules)\n"
            "import tui.cli.main, tui.cli.dashboard, tui.app\n"
            "from tui.connection.connection import ConnectionMissing\n"
            "class Painted(tui.app.TokendeckApp):\n"
            "    def post_display_hook(self):\n"
            "        pass\n"
            "    async def on_ready(self):\n"
            "        self.exit()\n"
            "loaded = []\n"
            "def connect():\n"
            "    loaded.extend(sys.modules)\n"
            "    raise ConnectionMissing('Nowhere.')\n"
            "Painted(connect).run(headless=True)\n"
            "print(json.dumps(sorted(set(loaded or sys.modules) - already)))",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert late & set(json.loads(found.stdout.splitlines()[-1])) == set()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_names_no_place_that_another_machine_lacks(lock: Path) -> None:
    text = lock.read_text("utf-8")
    for place in (
        "://",
        "file:",
        "/opt",
        "/root",
        "/home",
        "--index-url",
        "--extra-index-url",
        "--find-links",
        " @ ",
    ):
        assert place not in text


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_pins_every_package_by_version_and_hash(lock: Path) -> None:
    logical_lines = lock.read_text("utf-8").replace("\\\n", " ").splitlines()
    requirements = [
        line
        for line in logical_lines
        if line.strip() and not line.lstrip().startswith("#")
    ]
    assert requirements
    for line in requirements:
        assert _PINNED.match(line), line
        assert "--hash=sha256:" in line, line


@pytest.mark.parametrize(
    ("lock", "groups"),
    [("run.txt", ["build"]), ("dev.txt", ["build", "dev"])],
    ids=["run", "dev"],
)
def test_a_lock_file_is_not_older_than_what_pyproject_asks_for(
    lock: str, groups: list[str]
) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = list(settings["project"]["dependencies"])
    for group in groups:
        asked += [
            entry
            for entry in settings["dependency-groups"][group]
            if isinstance(entry, str)
        ]
    pinned = pins(ROOT / "requirements" / lock)
    for text in asked:
        wanted = Requirement(text)
        version = pinned.get(canonicalize_name(wanted.name))
        assert version is not None, f"{wanted.name} is not in {lock}; run `make lock`"
        assert wanted.specifier.contains(version), (
            f"{wanted} against {version} in {lock}; run `make lock`"
        )


def test_tests_run_with_the_versions_that_users_get() -> None:
    tested = pins(ROOT / "requirements" / "dev.txt")
    shipped = pins(ROOT / "requirements" / "run.txt")
    assert shipped.items() <= tested.items()


@pytest.mark.parametrize(
    "lock",
    sorted((ROOT / "tests").rglob("package-lock.json")),
    ids=lambda lock: lock.parent.name,
)
def test_an_npm_lock_file_names_no_registry(lock: Path) -> None:
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_nothing_grows_beyond_what_can_be_read_at_once() -> None:
    for source in SOURCES:
        text = source.read_text("utf-8")
        # The registry is one table, however many commands it lists.
        assert text.count("\n") <= 500 or source.name == "commands.py", source
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno
                assert lines < 50, (source, node.name)


REVEALED = {
    "account/credential_reading.py": 1,  # looked at: is it for one stack alone?
    "account/credential_search.py": 1,  # read
    "connection/stack_lookup.py": 1,  # an API key, which is no secret
    "account/credential_store.py": 1,  # written, after a yes
    "state/value_files.py": 1,  # written, when asked
    "clipboard/local.py": 1,  # copied
    "clipboard/osc52.py": 1,  # copied
    "clipboard/tmux.py": 1,  # copied
    "contentstack/credentials.py": 1,  # sent
    "contentstack/errors.py": 1,  # looked for, so as to be hidden
    "contentstack/exchange.py": 1,  # sent
    "leaks/identifying.py": 1,  # compared with API keys and uids
    "leaks/known.py": 1,  # hashed
    "contentstack/transport.py": 1,  # sent to a proxy that asks for it
    "export/formats.py": 1,  # copied or written, when asked
    "export/env_file.py": 2,  # written, when asked
    "cli/values.py": 4,  # printed, written or in a program's environment, when asked
    "targets/delivering.py": 2,  # given to a target; kept from its environment
    "targets/last_words.py": 1,  # looked for, so as to be hidden
    "screens/export.py": 1,  # drawn, when asked
    "screens/plain_view.py": 1,  # drawn, when asked
    "screens/messages/details.py": 1,  # drawn, when asked
    "widgets/secret_field.py": 1,  # drawn, when asked
    "workspace/verify/plan.py": 1,  # its kind told by its beginning
}
"""How often each module unwraps a secret, and what for.

Keep it short.
"""


def test_every_place_that_reveals_a_secret_is_known() -> None:
    found: dict[str, int] = {}
    for source in SOURCES:
        nodes = ast.walk(ast.parse(source.read_text("utf-8")))
        count = sum(
            isinstance(node, ast.Attribute) and node.attr == "reveal" for node in nodes
        )
        if count:
            found[source.relative_to(ROOT / "tui").as_posix()] = count
    assert found == REVEALED


_OPENERS = {
    "AsyncClient",
    "AsyncHTTPTransport",
    "Client",
    "HTTPConnection",
    "HTTPSConnection",
    "HTTPTransport",
    "create_connection",
    "open_connection",
    "open_unix_connection",
    "sock_connect",
    "socketpair",
    "urlopen",
    "urlretrieve",
}
"""What opens a connection, in any library."""

_LIBRARIES = {"asyncio", "http.client", "httpx", "socket", "urllib.request"}

OPENED = {
    # Sends nothing and raises nothing: the first request uses it, or it's closed.
    "contentstack/line_ahead.py": {"socket.create_connection"},
    # Called by `opened` for a request, and what it raises is that request's error.
    "contentstack/transport.py": {"httpx.AsyncClient", "httpx.AsyncHTTPTransport"},
}


def test_connections_are_opened_in_one_place() -> None:
    found: dict[str, set[str]] = {}
    for source in SOURCES:
        place = source.relative_to(ROOT / "tui").as_posix()
        if place.startswith("sandbox/"):
            continue
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in _OPENERS:
                found.setdefault(place, set()).add(ast.unparse(node))
            if isinstance(node, ast.ImportFrom) and node.module in _LIBRARIES:
                names = {alias.name for alias in node.names} & _OPENERS
                found.setdefault(place, set()).update(names)
    assert {place: names for place, names in found.items() if names} == OPENED


def test_only_a_request_opens_them() -> None:
    source = ROOT / "tui" / "contentstack" / "transport.py"
    callers = {
        function.name: {
            ast.unparse(node)
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and node.id in ("_open", "_pool", "_lines")
        }
        for function in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: names for name, names in callers.items() if names} == {
        "opened": {"_open"},
        "_open": {"_pool"},
        "_pool": {"_lines"},
    }


# The sandbox shares no code with the rest, so what both need is in both.
_SHARED_WITH_THE_SANDBOX = {"ASGIApp", "Clock"}


def _top_level_types(source: Path) -> Iterator[str]:
    """Return the names of a file's classes and type aliases."""
    for node in ast.parse(source.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (target.id for target in targets if isinstance(target, ast.Name))
            yield from (name for name in names if re.search("^_?[A-Z].*[a-z]", name))


def test_no_class_or_alias_has_the_name_of_another() -> None:
    places: dict[str, list[str]] = {}
    for source in SOURCES:
        for name in _top_level_types(source):
            places.setdefault(name, []).append(str(source.relative_to(ROOT)))
    twice = {name: where for name, where in places.items() if len(where) > 1}
    assert twice.keys() <= _SHARED_WITH_THE_SANDBOX, twice


def _module(source: Path) -> str:
    parts = source.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_module(source): source for source in SOURCES}


def _imports(source: Path) -> Iterator[str]:
    """Return the program's modules that a file imports.

    Imports inside functions and only for types count, too.
    """
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in MODULES else node.module


def _room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _circle(graph: dict[str, set[str]]) -> tuple[str, ...]:
    """Return the modules of an import cycle; empty if there's none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def test_no_file_imports_itself_by_way_of_others() -> None:
    graph = {
        module: {other for other in _imports(source) if other != module}
        for module, source in MODULES.items()
    }
    assert _circle(graph) == ()


def test_no_room_imports_itself_by_way_of_others() -> None:
    graph: dict[str, set[str]] = {}
    for module, source in MODULES.items():
        others = {_room(other) for other in _imports(source)}
        graph.setdefault(_room(module), set()).update(others - {_room(module), "tui"})
    assert _circle(graph) == ()


def test_a_circle_is_noticed() -> None:
    assert _circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})
    assert not _circle({"a": {"b", "c"}, "b": {"c"}, "c": set()})


MOST_ANY = 24
MOST_KINDS_ASKED = 15
MOST_PACKED_CONDITIONALS = 0
MOST_PACKED_COMPREHENSIONS = 0
"""May only decrease."""

KINDS = {
    "DeliveryToken",
    "ManagementToken",
    "DeliveryTokenRequest",
    "ManagementTokenRequest",
}


def _names(node: ast.AST) -> Iterator[str]:
    return (each.id for each in ast.walk(node) if isinstance(each, ast.Name))


def _asks_for_the_kind(node: ast.AST) -> bool:
    """Return whether this is an `isinstance` check for a kind of token."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "isinstance"
        and not KINDS.isdisjoint(_names(node.args[1]))
    )


def test_any_is_written_ever_less_often() -> None:
    trees = [ast.parse(source.read_text("utf-8")) for source in SOURCES]
    count = sum(name == "Any" for tree in trees for name in _names(tree))
    assert count <= MOST_ANY


def test_callers_ask_ever_less_often_which_kind_a_token_is() -> None:
    trees = [ast.parse(source.read_text("utf-8")) for source in SOURCES]
    count = sum(_asks_for_the_kind(node) for tree in trees for node in ast.walk(tree))
    assert count <= MOST_KINDS_ASKED


def _is_packed_conditional(node: ast.AST) -> bool:
    """Return whether this is a conditional on two lines, or with another inside."""
    if not isinstance(node, ast.IfExp):
        return False
    inner = (each for each in ast.walk(node) if each is not node)
    nested = any(isinstance(each, ast.IfExp) for each in inner)
    return nested or node.end_lineno != node.lineno


def _is_packed_comprehension(node: ast.AST) -> bool:
    """Return whether this comprehension uses `:=`, or has loops and a condition."""
    if not isinstance(
        node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ):
        return False
    walrus = any(isinstance(each, ast.NamedExpr) for each in ast.walk(node))
    filtered = any(generator.ifs for generator in node.generators)
    return walrus or (len(node.generators) > 1 and filtered)


@pytest.mark.parametrize(
    ("is_packed", "most"),
    [
        (_is_packed_conditional, MOST_PACKED_CONDITIONALS),
        (_is_packed_comprehension, MOST_PACKED_COMPREHENSIONS),
    ],
)
def test_ever_fewer_expressions_hold_several_thoughts(
    is_packed: Callable[[ast.AST], bool], most: int
) -> None:
    places = [
        f"{source.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if is_packed(node)
    ]
    assert len(places) <= most, places
