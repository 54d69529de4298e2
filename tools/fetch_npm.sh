#!/bin/sh
# Fetch the npm packages of the judge in $1 into $2, once for each state of its lock
# file. If that's impossible, say why, but don't fail: the tests that need them are
# then skipped with that reason.
set -eu
judge=$1 folder=$2 lock=$1/package-lock.json

[ -f "$lock" ] || exit 0
cmp -s "$lock" "$folder/fetched-lock.json" && exit 0
if ! command -v npm >/dev/null 2>&1; then
    echo "No npm here: the tests with npm packages will be skipped (make system-deps brings it)"
    exit 0
fi
echo "Fetching the npm packages of the tests ($folder)"
rm -rf "$folder"
mkdir -p "$folder"
cp "$judge/package.json" "$lock" "$folder/"
if (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --loglevel=error >npm.log 2>&1); then
    cp "$lock" "$folder/fetched-lock.json"
else
    echo "npm could not fetch them, so their tests will be skipped: $(tail -n 1 "$folder/npm.log")"
fi
