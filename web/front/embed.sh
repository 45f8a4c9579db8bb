#!/bin/sh
# embed.sh NAME TYPE FILE...: the files, which are ASCII, one behind the other as the constant NAME
# on standard output, under a name of its own that holds a digest of them.
set -eu
name=$1 type=$2
shift 2
digest=$(cat "$@" | sha256sum | cut -c 1-16)
printf '#include "asset.h"\n\nstatic const char text[] = {\n'
cat "$@" | od -An -v -tx1 | sed 's/ \(..\)/0x\1, /g'
printf '};\n\nconst struct asset %s = {\n' "$name"
printf '\t"page-%s.%s", "%s; charset=utf-8", text, sizeof(text)};\n' "$digest" "${1##*.}" "$type"
