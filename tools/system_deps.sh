#!/bin/sh
# Install what the wider tests need from Debian's or Ubuntu's packages: only what is
# missing, and only after saying why.
set -eu

missing=""
need() { # package, the file or command that shows it is there, why
    if command -v "$2" >/dev/null 2>&1 || [ -e "$2" ]; then
        printf '  %-18s is there\n' "$1"
    else
        printf '  %-18s %s\n' "$1" "$3"
        missing="$missing $1"
    fi
}

need tmux tmux "tests inside a terminal multiplexer"
need openssh-server /usr/sbin/sshd "tests over a real connection by SSH"
need openssh-client ssh "reaches it"
need screen screen "copies inside GNU screen"
need xvfb Xvfb "a desktop that nobody sees, for copies to its clipboard"
need xclip xclip "such a clipboard"
need xsel xsel "such a clipboard"
need zsh zsh "completion of commands in that shell"
need fish fish "completion of commands in that shell"
need groff-base groff "checks the man page"
need nodejs node "Contentstack's own JavaScript client, which judges the sandbox"
need npm npm "fetches that client"
need fonts-dejavu-core /usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf "letters of the PNG pictures"

if [ "${1:-}" = realterms ]; then
    need xterm xterm "a terminal to look at it in"
    need kitty kitty "another one, with the keyboard protocol of its own"
    need libgl1-mesa-dri "$(echo /usr/lib/*/dri/swrast_dri.so)" "draws kitty without a graphics card"
    need xdotool xdotool "presses real keys"
    need imagemagick import "takes pictures of windows"
fi

if [ -z "$missing" ]; then
    echo "Nothing to install."
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "There is no apt-get here; install by hand:$missing"
    exit 1
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || { echo "Run this as root, or install by hand:$missing"; exit 1; }
    as_root="sudo"
fi
echo "Installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086 # each package is a word
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
echo "Installed."
