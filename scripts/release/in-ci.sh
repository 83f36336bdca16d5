#!/usr/bin/env bash
# One release in CI: build, sign, publish; or, without a version, what keeps a repository alive: refresh and lint.
# Everything comes by the environment, and nothing of it becomes part of a command's text:
#   BELAY_RELEASE_FOLDER      the publisher's folder (belay-release.yaml, repo/), default: release
#   BELAY_RELEASE_VERSION     the version; empty: refresh
#   BELAY_RELEASE_TREE        what is released
#   BELAY_RELEASE_CHANNEL     default: stable
#   BELAY_RELEASE_PLATFORM    such as linux-x64; empty: for every platform
#   BELAY_RELEASE_NOTES       a file with what is new
#   BELAY_RELEASE_TO          a folder that a server or Pages serves
#   BELAY_RELEASE_KEYS        secret: the key files, one line each
#   BELAY_RELEASE_PASSPHRASE  secret: opens them
set -euo pipefail

belay="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/bin/belay"
folder=${BELAY_RELEASE_FOLDER:-release}
channel=${BELAY_RELEASE_CHANNEL:-stable}
version=${BELAY_RELEASE_VERSION:-}

# Only this process's user can read the keys, and they go when it ends, however it ends.
keys=$(mktemp -d)
trap 'rm -rf "$keys"' EXIT
(
  umask 077
  count=0
  while IFS= read -r line; do
    [ -n "$line" ] || continue
    count=$((count + 1))
    printf '%s\n' "$line" > "$keys/$count.key"
  done <<< "${BELAY_RELEASE_KEYS:-}"
)
unset BELAY_RELEASE_KEYS

desk=(--dir "$folder" --keys "$keys")
to=()
[ -z "${BELAY_RELEASE_TO:-}" ] || to=(--to "$BELAY_RELEASE_TO")

if [ -z "$version" ]; then
  "$belay" release refresh "${desk[@]}" "${to[@]}"
  "$belay" release lint "${desk[@]}"
  exit
fi

build=(--version "$version" --channel "$channel")
[ -z "${BELAY_RELEASE_PLATFORM:-}" ] || build+=(--platform "$BELAY_RELEASE_PLATFORM")
"$belay" release build "${BELAY_RELEASE_TREE:?the folder to release}" "${desk[@]}" "${build[@]}"

sign=(--version "$version" --channel "$channel")
[ -z "${BELAY_RELEASE_NOTES:-}" ] || sign+=(--notes "$BELAY_RELEASE_NOTES")
"$belay" release sign "${desk[@]}" "${sign[@]}"

"$belay" release publish "${desk[@]}" "${to[@]}"
"$belay" release verify "${desk[@]}"

if [ -n "${GITHUB_OUTPUT:-}" ]; then
  printf 'builds=%s\n' "$folder/builds/$channel/$version" >> "$GITHUB_OUTPUT"
fi
