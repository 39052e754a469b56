# What both demos begin with; sourced, after `program` and `folder` are set. Not a program of its own.

mark="$folder/.made-by-$(basename "$program")-demo"
if [ ! -x "$program" ]; then
    echo "$program is not there: build it first (make build)" >&2
    exit 1
fi
if [ -e "$folder" ]; then
    # Earlier demos left another mark.
    if [ ! -e "$mark" ] && [ ! -e "$folder/.drawn-by-demo" ] && [ ! -e "$folder/.made-by-demo" ]; then
        echo "$folder exists and is not from an earlier demo: move it away, or set DEMO_FOLDER" >&2
        exit 1
    fi
    rm -rf "$folder"
fi
mkdir -p "$folder"
touch "$mark"

step() { printf '\n\033[1m== %s\033[0m\n' "$1"; }
# Shows a command, then runs it.
show() { printf '$ %s\n' "$*"; "$@"; }
