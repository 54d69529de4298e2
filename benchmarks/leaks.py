"""`python -m benchmarks.leaks`: measures `find` against ripgrep, and on a big history.

It needs ripgrep, git and 3 GB in the folder for temporary files, and takes minutes, so
`make bench` doesn't run it.
"""

from __future__ import annotations

import hashlib
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from tui.leaks.finds import Find
from tui.leaks.known import KnownToken, KnownTokens
from tui.leaks.search import Search
from tui.secret import Secret

_FILES, _OCTETS = 51_101, 1_002_000_000
_BLOBS, _COMMITS, _PATHS = 28_576, 59_883, 290
_KNOWN, _PLANTED = 10_000, 1_000
_ROUNDS = 5
_PATTERN = "cs[0-9a-f]{24}"


@dataclass(frozen=True)
class Values:
    """Known values, and others that look the same.

    Attributes:
        known: each one's name, by value.
        strangers: unknown values of the same form.
    """

    known: dict[str, str]
    strangers: tuple[str, ...]

    @classmethod
    def seeded(cls) -> Values:
        """Return the same values in every run; a stranger differs in its last digit."""
        known = {_value(f"known {at}"): f"token-{at:05}" for at in range(_KNOWN)}
        last = "fedcba9876543210"
        strangers = (value[:-1] + last[int(value[-1], 16)] for value in known)
        return cls(known, tuple(value for value in strangers if value not in known))

    def tokens(self) -> KnownTokens:
        """Return what recognizes the known values."""
        return KnownTokens.of(
            (Secret(value), KnownToken(name, "delivery"))
            for value, name in self.known.items()
        )


def main() -> None:
    """Measure files, then history, and print the results."""
    values = Values.seeded()
    with tempfile.TemporaryDirectory(prefix="tokendeck-leaks-") as folder:
        if sys.argv[1:] != ["history"]:
            _measure_files(Path(folder, "files"), values)
            shutil.rmtree(Path(folder, "files"))
        if sys.argv[1:] != ["files"]:
            _measure_history(Path(folder, "repository"), values)


def _measure_files(folder: Path, values: Values) -> None:
    planted = _write_files(folder, values)
    ours, theirs = list[tuple[float, float]](), list[tuple[float, float]]()
    once = (sys.executable, "-m", "benchmarks.leaks_once")
    for _ in range(_ROUNDS):
        theirs.append(_timed(["rg", "-j1", "-uuu", "--no-messages", _PATTERN, folder]))
        # Starting Python and loading the known values are counted separately.
        start = _timed([*once, Path(folder, "nowhere")])
        seconds, cpu = _timed([*once, folder])
        ours.append((seconds - start[0], cpu - start[1]))
    finds = [*Search((str(folder),), values.tokens(), history=False).finds()]
    print(f"{_FILES:,} files, {_OCTETS / 1e6:,.0f} MB, median of {_ROUNDS}")
    for what, at in (("seconds", 0), ("CPU seconds", 1)):
        mine = statistics.median(each[at] for each in ours)
        other = statistics.median(each[at] for each in theirs)
        print(f"  {what}: {mine:.2f}, rg -j1 {other:.2f}, {mine / other:.2f} times")
    _judge(finds, planted)


def _measure_history(folder: Path, values: Values) -> None:
    planted = _write_history(folder, values)
    finds: list[Find] = []
    search = Search((str(folder),), values.tokens(), files=False)
    before, began = _cpu(), perf_counter()
    finds += search.finds()
    seconds, cpu = perf_counter() - began, _cpu() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = search.tally.octets / 1e6
    print(f"{search.tally.objects:,} objects of history, {size:,.0f} MB unpacked")
    print(f"  {seconds:.1f} s, CPU with git {cpu:.1f} s, peak {peak:.0f} MB")
    without = sum(not (find.commit and find.path) for find in finds)
    print(f"  {without} of {len(finds)} finds without commit and path")
    _judge(finds, planted)


def _judge(finds: list[Find], planted: dict[str, int]) -> None:
    """Print how many of the planted values were found, and how many names are wrong."""
    found: dict[str, int] = {}
    for find in finds:
        name = find.token.name if find.token else "unknown"
        found[name] = found.get(name, 0) + 1
    right = sum(min(found.get(name, 0), count) for name, count in planted.items())
    wrong = sum(max(0, count - planted.get(name, 0)) for name, count in found.items())
    print(f"  planted {sum(planted.values())}, found {right}, wrong {wrong}")


def _write_files(folder: Path, values: Values) -> dict[str, int]:
    """Write copies of Python's standard library, with values in some of the files."""
    texts = [*_texts()]
    places = random.Random(1)
    planted = dict(_planted(values))
    lines = [line for line, _ in _lines(values)]
    left, size = {*places.sample(range(_FILES), len(lines))}, 0
    for at in range(_FILES):
        text = texts[at % len(texts)]
        share = (_OCTETS - size) // (_FILES - at)
        while len(text) < share:
            text += places.choice(texts)
        text = text[: share * 2]
        if at in left:
            where = text.rfind(b"\n", 0, places.randrange(len(text))) + 1
            text = text[:where] + lines.pop() + text[where:]
        path = folder / f"{at // 400:03}" / f"{at:05}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        size += len(text)
    return planted


def _texts() -> Iterator[bytes]:
    library = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(library.rglob("*.py")):
        if "site-packages" not in path.parts and 500 < path.stat().st_size < 200_000:
            yield path.read_bytes()


def _lines(values: Values) -> Iterator[tuple[bytes, str]]:
    """Yield lines with a value each, and its name; half of them are strangers."""
    known = list(values.known.items())[:_PLANTED]
    for (value, name), stranger in zip(known, values.strangers, strict=False):
        yield f'CONTENTSTACK_DELIVERY_TOKEN="{value}"\n'.encode(), name
        yield f'CONTENTSTACK_DELIVERY_TOKEN="{stranger}"\n'.encode(), "unknown"


def _planted(values: Values) -> Iterator[tuple[str, int]]:
    for name in [*values.known.values()][:_PLANTED]:
        yield name, 1
    yield "unknown", _PLANTED


def _write_history(folder: Path, values: Values) -> dict[str, int]:
    """Write a history like a mature project's, with values in some versions."""
    _git(folder.parent, "init", "--quiet", str(folder))
    stream = subprocess.Popen(
        ["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE
    )
    assert stream.stdin is not None
    for part in _stream(values):
        stream.stdin.write(part)
    stream.stdin.close()
    assert stream.wait() == 0
    return dict(_planted(values))


def _stream(values: Values) -> Iterator[bytes]:
    """Yield blobs, path by path, then commits: one new version, or a merge."""
    texts, random_ = [*_texts()], random.Random(2)
    lines = [line for line, _ in _lines(values)]
    planted = {*random_.sample(range(_BLOBS), len(lines))}
    for at in range(_BLOBS):
        version, path = at // _PATHS, at * _PATHS // _BLOBS
        begin = random.Random(path).randrange(len(texts))
        text = b"".join(texts[(begin + i) % len(texts)] for i in range(20))[:113_400]
        text += b"# version %d of %d\n" % (version, at)
        if at in planted:
            text += lines.pop()
        yield b"blob\nmark :%d\ndata %d\n%s\n" % (at + 1, len(text), text)
    order = [*range(_BLOBS)]
    random_.shuffle(order)
    for at in range(_COMMITS):
        yield _commit(at, order)


def _commit(at: int, order: list[int]) -> bytes:
    branch = b"refs/heads/branch-%d" % (at % 2)
    when = b"A U Thor <a@example.com> %d +0000" % (1_500_000_000 + at * 60)
    head = b"commit %s\nmark :%d\nauthor %s\ncommitter %s\ndata 2\nc\n" % (
        *(branch, 1_000_000 + at),
        *(when, when),
    )
    if at >= 2:
        head += b"from :%d\n" % (1_000_000 + at - 2)
    if at % 40 == 39:
        head += b"merge :%d\n" % (1_000_000 + at - 1)
    if at < len(order):
        blob = order[at]
        path = b"src/%d/file-%d.py" % (blob % 17, blob * _PATHS // _BLOBS)
        head += b"M 100644 :%d %s\n" % (blob + 1, path)
    return head + b"\n"


def _timed(words: list[object]) -> tuple[float, float]:
    before, began = _cpu(), perf_counter()
    subprocess.run(
        [str(word) for word in words],
        stdout=subprocess.DEVNULL,
        check=False,
        env=os.environ | {"PYTHONPATH": os.getcwd()},
    )
    return perf_counter() - began, _cpu() - before


def _cpu() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True)


def _value(seed: str) -> str:
    return "cs" + hashlib.sha256(seed.encode()).hexdigest()[:24]


if __name__ == "__main__":
    main()
