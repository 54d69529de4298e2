#!/bin/sh
# Write the lock files from pyproject.toml: every version and hash, for Linux, macOS
# and Windows, Python 3.11 and newer. Versions stay as they are unless pyproject.toml
# asks for others; `tools/lock.sh --upgrade` takes the newest.
set -eu
cd "$(dirname "$0")/.."

compile() {
    # The lock must be the same wherever it's written: no index, host, path or user setting of this machine.
    .venv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --annotation-style line \
        --custom-compile-command "make lock" "$@" pyproject.toml
}

echo "Writing requirements/dev.txt"
compile --group dev --extra sandbox --output-file requirements/dev.txt "$@"
# The program's own dependencies have the same versions, so that tests run with what
# users get.
echo "Writing requirements/run.txt"
compile --group build --constraint requirements/dev.txt --output-file requirements/run.txt "$@"
