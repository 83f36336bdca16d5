#!/bin/sh
# An update as somebody writes it by hand, without a way back: download, checksum, unpack, make it durable, switch.
# In: ROOT (releases/ and current), SOURCE (address of the files of this release), VERSION, NODE, APP_PORT.
set -eu
cd "$ROOT"
archive=app-$VERSION.tar.gz

curl -fsS -o "$archive" "$SOURCE/$archive"
curl -fsS -o SHA256SUMS "$SOURCE/SHA256SUMS"
grep " $archive\$" SHA256SUMS | sha256sum --check --quiet

mkdir -p "releases/$VERSION"
tar -xzf "$archive" --strip-components=1 -C "releases/$VERSION"
sync -f "releases/$VERSION"

if [ -e pid ]; then
  kill "$(cat pid)"
  # Not kill -0: it finds what has ended, too, until somebody reaps it.
  while readlink "/proc/$(cat pid)/exe" >/dev/null 2>&1; do sleep 0.01; done
fi
ln -s "releases/$VERSION" current.new
mv -T current.new current
cd current
setsid "$NODE" server.mjs </dev/null >>../../output.log 2>&1 &
echo $! >"$ROOT/pid"
until curl -fsS -o /dev/null "http://127.0.0.1:$APP_PORT/health" 2>/dev/null; do sleep 0.05; done

rm "$ROOT/$archive" "$ROOT/SHA256SUMS"
