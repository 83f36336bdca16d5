#!/bin/bash
# PID 1 of the bed's own network, mount and process namespaces: `engine.sh DIR CGROUP GATEWAY-COMMAND…`.
# Runs until its standard input closes, which happens when the test process ends in any way at all; the end of
# PID 1 then ends every process of the namespace, and the kernel drops its mounts, bridges and firewall rules.
set -eu
dir=$1 cgroup=$2
shift 2
mkdir -p "$dir/data" "$dir/run" "$dir/cgroups"
rm -f "$dir"/*.sock
echo locked
mount -t tmpfs tmpfs "$dir/run"
ip link set lo up

# With cgroup v1, systemd in a device adds entries beside the controllers: give it a folder that goes with the namespace.
if [ ! -e /sys/fs/cgroup/cgroup.controllers ]; then
  mount --rbind /sys/fs/cgroup "$dir/cgroups"
  mount -t tmpfs tmpfs /sys/fs/cgroup
  for controller in "$dir"/cgroups/*/; do
    name=$(basename "$controller")
    [ -L "$dir/cgroups/$name" ] && continue
    mkdir "/sys/fs/cgroup/$name"
    mount --bind "$dir/cgroups/$name" "/sys/fs/cgroup/$name"
  done
  umount -R -l "$dir/cgroups"
fi
sweep_cgroups() { find /sys/fs/cgroup -depth -type d -path "*/$cgroup*" -exec rmdir {} + 2>/dev/null || :; }
sweep_cgroups

# A compose program comes from the folder that a test names, never from the machine.
for plugins in /usr/local/lib/docker/cli-plugins /usr/local/libexec/docker/cli-plugins /usr/lib/docker/cli-plugins \
  /usr/libexec/docker/cli-plugins; do
  if [ -d "$plugins" ]; then mount -t tmpfs tmpfs "$plugins"; fi
done

# Addresses need not be unique between engines: each has its own network namespace, with no way out of it.
# It ends for good unless somebody asked for a restart.
serve() {
  while :; do
    dockerd --data-root "$dir/data" --exec-root "$dir/run" --pidfile "$dir/run/dockerd.pid" -H "unix://$dir/docker.sock" \
      --userland-proxy=false --shutdown-timeout 3 --bip 10.200.0.1/24 --default-address-pool base=10.201.0.0/16,size=24 \
      --cgroup-parent "/$cgroup" --log-level warn || :
    [ -e "$dir/run/restart" ] || return 0
    rm "$dir/run/restart"
  done
}

exec 3<&0
serve >"$dir/dockerd.log" 2>&1 </dev/null 3<&- &
engine=$!
"$@" </dev/null 3<&- &
cat <&3 >/dev/null &
wait -n || :

docker -H "unix://$dir/docker.sock" ps -aq 2>/dev/null | xargs -r docker -H "unix://$dir/docker.sock" rm -fv >/dev/null 2>&1 || :
kill -TERM "$(cat "$dir/run/dockerd.pid")" 2>/dev/null || :
wait "$engine" || :
sweep_cgroups
