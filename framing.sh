#!/bin/sh
# Sets up a virtual environment of its own beside this file, then does one job:
#   sh framing.sh demo          score the texts of examples/ and print what was found
#   sh framing.sh test [ARGS]   install the development tools and run the tests (ARGS go to pytest)
#   sh framing.sh run ARGS      run the `framing` command with ARGS
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv="$here/.venv"

find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "framing.sh: Python 3.11 or later is needed and was not found." >&2
    exit 2
}

# install EXTRAS: makes the environment, once for each state of pyproject.toml
install() {
    stamp="$venv/.installed-$1"
    [ -x "$venv/bin/python" ] || "$(find_python)" -m venv "$venv"
    if ! cmp -s "$here/pyproject.toml" "$stamp"; then
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$here$2" >&2
        cp "$here/pyproject.toml" "$stamp"
    fi
}

job=${1:-demo}
[ $# -eq 0 ] || shift
case "$job" in
demo)
    install run ""
    cd "$here"
    exec "$venv/bin/framing" score examples/texts --format text "$@"
    ;;
test)
    install dev "[dev]"
    cd "$here"
    exec "$venv/bin/python" -m pytest "$@"
    ;;
run)
    install run ""
    exec "$venv/bin/framing" "$@"
    ;;
*)
    echo "framing.sh: unknown job '$job'; use demo, test or run." >&2
    exit 2
    ;;
esac
