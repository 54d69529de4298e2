"""Stand-ins for the programs of docs/targets.md, each with that program's argument rules.

Run as `tools.py NAME STORE ARGUMENTS…`. What its rules don't know is refused with exit
code 2, as the programs do it.
"""

from __future__ import annotations

import argparse
import base64
import re
import sys
from collections.abc import Callable
from pathlib import Path

Tool = Callable[[list[str], Path], None]
NAME = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)


def main() -> None:
    tool, store, *arguments = sys.argv[1:]
    TOOLS[tool](arguments, Path(store))


def refuse(why: str) -> None:
    sys.stderr.write(f"{why}\n")
    sys.exit(2)


def parser() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(allow_abbrev=False, add_help=False)


def given() -> bytes:
    """Return standard input, which these programs expect from a pipe."""
    if sys.stdin.isatty():
        refuse("would ask on the terminal")
    return sys.stdin.buffer.read()


def expect(arguments: list[str], *words: str) -> list[str]:
    if tuple(arguments[: len(words)]) != words:
        refuse(f"unknown command {arguments[: len(words)]}")
    return arguments[len(words) :]


def variable(name: str) -> None:
    if not NAME.match(name):
        refuse(f"not a name: {name}")


def gh(arguments: list[str], store: Path) -> None:
    rest = expect(arguments, "secret", "set")
    options = parser()
    options.add_argument("name")
    for flag in ("--env", "--repo", "--app", "--org"):
        options.add_argument(flag)
    variable(options.parse_args(rest).name)
    # It strips newlines at the end.
    store.write_bytes(given().rstrip(b"\r\n"))
    sys.stdout.write("Set secret\n")


def glab(arguments: list[str], store: Path) -> None:
    verb = arguments[1] if len(arguments) > 1 else ""
    rest = expect(arguments, "variable", verb)
    options = parser()
    options.add_argument("name")
    options.add_argument("--scope", "-s")
    options.add_argument("--group", "-g")
    if verb == "update":
        options.add_argument("--masked", "-m", action="store_true")
    variable(options.parse_args(rest).name)
    if verb == "update":
        store.write_bytes(given())
    elif verb == "get":
        sys.stdout.buffer.write(store.read_bytes())
    else:
        refuse(verb)


def vercel(arguments: list[str], store: Path) -> None:
    rest = expect(arguments, "env", "update")
    options = parser()
    options.add_argument("name")
    options.add_argument("environment")
    options.add_argument("branch", nargs="?")
    options.add_argument("--yes", action="store_true")
    options.add_argument("--sensitive", action="store_true")
    wanted = options.parse_args(rest)
    variable(wanted.name)
    if not wanted.yes:
        refuse("would ask on the terminal")
    store.write_bytes(given())


def netlify(arguments: list[str], store: Path) -> None:
    rest = expect(arguments, "env:import")
    options = parser()
    options.add_argument("file")
    options.add_argument("--replace-existing", action="store_true")
    store.write_bytes(Path(options.parse_args(rest).file).read_bytes())


def wrangler(arguments: list[str], store: Path) -> None:
    rest = expect(arguments, "secret", "put")
    options = parser()
    options.add_argument("name")
    options.add_argument("--env", "-e")
    options.add_argument("--name", dest="worker")
    variable(options.parse_args(rest).name)
    store.write_bytes(given().strip())


def flyctl(arguments: list[str], store: Path) -> None:
    rest = expect(arguments, "secrets", "import")
    options = parser()
    options.add_argument("--app", "-a", required=True)
    options.add_argument("--stage", action="store_true")
    options.parse_args(rest)
    text = given()
    for line in text.decode().splitlines():
        name, sign, _ = line.partition("=")
        variable(name)
        if not sign:
            refuse("Secrets must be provided as NAME=VALUE pairs")
    store.write_bytes(text)


def doppler(arguments: list[str], store: Path) -> None:
    verb = arguments[1] if len(arguments) > 1 else ""
    rest = expect(arguments, "secrets", verb)
    options = parser()
    options.add_argument("name")
    options.add_argument("--project", "-p")
    options.add_argument("--config", "-c")
    options.add_argument(
        "--silent" if verb == "set" else "--plain", action="store_true"
    )
    wanted = options.parse_args(rest)
    if verb == "set":
        if not wanted.silent:
            sys.stdout.write("would print the value\n")
        store.write_bytes(given())
    else:
        sys.stdout.buffer.write(store.read_bytes() + b"\n")


def vault(arguments: list[str], store: Path) -> None:
    verb = arguments[1] if len(arguments) > 1 else ""
    rest = expect(arguments, "kv", verb)
    flags = [word for word in rest if word.startswith("-")]
    words = [word for word in rest if not word.startswith("-")]
    known = r"-(mount|namespace)=.+" if verb == "put" else r"-(mount|field)=.+"
    for flag in flags:
        if not re.fullmatch(known, flag):
            refuse(f"flag provided but not defined: {flag}")
    if verb == "put":
        path, pair = words
        key, _, value = pair.partition("=")
        if not path or not key or value != "-":
            refuse("the value would be an argument")
        store.write_bytes(given())
    else:
        sys.stdout.buffer.write(store.read_bytes())


def gcloud(arguments: list[str], store: Path) -> None:
    verb = arguments[2] if len(arguments) > 2 else ""
    rest = expect(arguments, "secrets", "versions", verb)
    options = parser()
    options.add_argument("what")
    options.add_argument("--data-file" if verb == "add" else "--secret", required=True)
    wanted = options.parse_args(rest)
    if verb == "add":
        if wanted.data_file != "-":
            refuse("no standard input")
        store.write_bytes(given())
    else:
        sys.stdout.buffer.write(store.read_bytes())


def kubectl(arguments: list[str], store: Path) -> None:
    match arguments:
        case [
            "create",
            "secret",
            "generic",
            _,
            source,
            "--dry-run=client",
            "-o",
            "yaml",
        ]:
            key, _, file = source.removeprefix("--from-file=").partition("=")
            value = base64.b64encode(Path(file).read_bytes()).decode()
            sys.stdout.write(f"kind: Secret\ndata:\n  {key}: {value}\n")
        case ["apply", "-f", "-"]:
            value = given().decode().rpartition(": ")[2].strip()
            store.write_bytes(base64.b64decode(value))
        case ["get", "secret", _, "-o", template]:
            if template != "go-template={{.data.token | base64decode}}":
                refuse("template")
            sys.stdout.buffer.write(store.read_bytes())
        case _:
            refuse("unknown command")


def aws(arguments: list[str], store: Path) -> None:
    verb = arguments[1] if len(arguments) > 1 else ""
    rest = expect(arguments, "ssm", verb)
    options = parser()
    options.add_argument("--name", required=True)
    if verb == "put-parameter":
        options.add_argument(
            "--type", choices=["String", "SecureString"], required=True
        )
        options.add_argument("--overwrite", action="store_true")
        options.add_argument("--value", required=True)
        wanted = options.parse_args(rest)
        file = wanted.value.removeprefix("file://")
        if file == wanted.value:
            refuse("the value would be an argument")
        store.write_bytes(Path(file).read_bytes())
    else:
        options.add_argument("--with-decryption", action="store_true", required=True)
        options.add_argument("--query", choices=["Parameter.Value"], required=True)
        options.add_argument("--output", choices=["text"], required=True)
        options.parse_args(rest)
        sys.stdout.buffer.write(store.read_bytes() + b"\n")


def pass_(arguments: list[str], store: Path) -> None:
    verb = arguments[0] if arguments else ""
    rest = expect(arguments, verb)
    options = parser()
    options.add_argument("name")
    if verb == "insert":
        options.add_argument("--multiline", "-m", action="store_true", required=True)
        options.add_argument("--force", "-f", action="store_true", required=True)
        options.parse_args(rest)
        store.write_bytes(given())
    else:
        options.parse_args(rest)
        sys.stdout.buffer.write(store.read_bytes())


TOOLS: dict[str, Tool] = {
    "gh": gh,
    "glab": glab,
    "vercel": vercel,
    "netlify": netlify,
    "wrangler": wrangler,
    "flyctl": flyctl,
    "doppler": doppler,
    "vault": vault,
    "gcloud": gcloud,
    "kubectl": kubectl,
    "aws": aws,
    "pass": pass_,
}

if __name__ == "__main__":
    main()
