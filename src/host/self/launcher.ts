import { atomicWrite } from '../tree/durable.ts'
import { exists } from '../tree/stat.ts'
import { launcherFile } from './launcher-file.ts'

/**
 * What a service manager starts in Belay's place where Belay updates itself. It is no part of any version: written once into
 * the state folder, never by an update, and for a shell, so that neither a broken program nor a broken Node of a new version
 * keeps the old one from being started. The counting is `choose` of src/core/self/trial.ts; a test holds both together.
 */
export const launcherText = `#!/bin/sh
# Written by belay, and no part of any version of it: starts the version that is to run.
#
#   launch agent|resume NODE PROGRAM [WORD...]
#
# While a new version is on trial (self/trial, beside this file), the agent is the new one as long as it has tries left,
# and then the one before; what finishes or undoes its update is always the one before.
set -u
role=$1 node=$2 program=$3
shift 3
self=\${0%/*}/self
trial=$self/trial
first= run= old_node= old= new_node= new= confirmed= tries=
if [ -r "$trial" ]; then
  { read -r first
    while IFS= read -r line; do
      value=\${line#* }
      case $line in
        'run '*) run=$value ;;
        'previous-node '*) old_node=$value ;;
        'previous '*) old=$value ;;
        'candidate-node '*) new_node=$value ;;
        'candidate '*) new=$value ;;
        'confirmed '*) confirmed=$value ;;
        'tries '*) tries=$value ;;
      esac
    done
  } <"$trial"
fi

start_old() {
  if [ -x "$old_node" ] && [ -r "$old" ]; then
    node=$old_node program=$old
  fi
}

# Whole on the disk, or not at all: a start that is not counted would be one too many.
count_down() {
  printf '%s\\n' 'belay-trial 1' "run $run" "previous-node $old_node" "previous $old" \\
    "candidate-node $new_node" "candidate $new" "confirmed $confirmed" "tries $((tries - 1))" >"$trial.next" &&
    { sync "$trial.next" 2>/dev/null || sync; } && mv -f "$trial.next" "$trial" && { sync "$self" 2>/dev/null || sync; }
}

case $tries in
  '' | *[!0-9]*) first= ;;
esac
if [ "$first" = 'belay-trial 1' ]; then
  if [ "$role" = resume ]; then
    start_old
  elif [ "$confirmed" != yes ]; then
    case $tries in
      0) start_old ;;
      *) count_down || echo 'belay: the start of a version on trial could not be counted' >&2 ;;
    esac
  fi
fi
if [ ! -r "$program" ] || [ ! -x "$node" ]; then
  start_old
fi
exec "$node" "$program" "$@"
`

/** Writes it where there is none: one that works is not exchanged for one that might. */
export async function ensureLauncher(stateDir: string): Promise<void> {
  const file = launcherFile(stateDir)
  if (!(await exists(file))) await installLauncher(stateDir)
}

/** Writes the launcher of this version: a person asks for that, an update never does. */
export async function installLauncher(stateDir: string): Promise<void> {
  await atomicWrite(launcherFile(stateDir), launcherText, { mode: 0o700 })
}
