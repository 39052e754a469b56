#!/bin/sh
# Installs the C libraries that Tandem links against, if they are missing, and says what it installs.
set -eu

missing=""
need() { # header package
    if ! printf '#include <stddef.h>\n#include <stdio.h>\n#include <%s>\n' "$1" | cc -E - >/dev/null 2>&1; then
        missing="$missing $2"
    fi
}

if ! command -v swift >/dev/null 2>&1; then
    echo "Tandem needs a Swift 6.1 toolchain or newer: https://www.swift.org/install/linux" >&2
    exit 1
fi
if printf '#include <oneapi/dnnl/dnnl_version.h>\nDNNL_VERSION_MAJOR' | cc -E - 2>/dev/null | tail -n 1 | grep -qE '^([3-9]|1[0-9])$'; then
    echo "The oneDNN that is installed is newer than 2.7, whose interface is another: use Debian 12, or install oneDNN 2.7" >&2
    exit 1
fi
if ! command -v cc >/dev/null 2>&1; then
    missing="$missing gcc libc6-dev"
fi
need oneapi/dnnl/dnnl.h libdnnl-dev
need jpeglib.h libjpeg-dev
need png.h libpng-dev
need cblas.h libopenblas-dev
need sqlite3.h libsqlite3-dev
need zlib.h zlib1g-dev
need zstd.h libzstd-dev

[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Tandem needs oneDNN 2.6 or 2.7, libjpeg-turbo, libpng, OpenBLAS, SQLite, zlib, zstd and" >&2
    echo "libgomp with their headers." >&2
    echo "On Debian and Ubuntu the packages are:$missing" >&2
    echo "On Fedora: onednn-devel libjpeg-turbo-devel libpng-devel openblas-devel sqlite-devel zlib-devel libzstd-devel libgomp. Install them and run make again." >&2
    exit 1
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "Run as root: apt-get install$missing" >&2
        exit 1
    fi
    as_root="sudo"
fi
echo "Installing from Debian:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
