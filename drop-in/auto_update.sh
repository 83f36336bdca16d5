#!/bin/sh
# Updates the application in this script's folder by belay, and shows the seven steps of old.
#
#   auto_update.sh            update; a failed update is undone, and the service is never left stopped
#   auto_update.sh --check    only say whether there is an update (exit code 10: there is one)
#   auto_update.sh --auto     as a timer calls it: what failed here before waits until somebody asks for it
#   auto_update.sh NAME       this component of belay.yaml, wherever the script lies (or $BELAY_COMPONENT)
#
# Put it, or a link to it, into the folder that belay.yaml names as the component's path. Without a terminal it behaves as
# with --auto. Exit codes are those of belay: 0 done or nothing to do, 1 failed and nothing was changed, 2 wrong usage or
# config, 3 the previous version is back and verified, 4 a person is needed.
set -u

green='' red='' yellow='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
  escape=$(printf '\033')
  green="${escape}[32m" red="${escape}[31m" yellow="${escape}[33m" plain="${escape}[0m"
fi

say() { # COLOUR WORDS
  printf '%s%s%s\n' "$1" "$2" "$plain"
}

wrong() { # WORDS HINT
  say "$red" "$1" >&2
  printf '  %s\n' "$2" >&2
  exit 2
}

check='' timed='' component=${BELAY_COMPONENT:-}
[ -t 1 ] || timed=--timed
for word in "$@"; do
  case $word in
    --check) check=1 ;;
    --auto) timed=--timed ;;
    -h | --help)
      sed -n '2,/^set -u/s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    -*) wrong "auto_update.sh does not know $word." 'It takes --check, --auto and the name of a component.' ;;
    *) component=$word ;;
  esac
done

# The folders that this script can be said to lie in: that of each link on the way to it, and of the file itself.
self=$0
case $self in */*) ;; *) self=$(command -v -- "$self" || printf './%s' "$self") ;; esac
here=$(CDPATH='' cd -- "$(dirname -- "$self")" && pwd) || exit 2
folders=$here
while [ -h "$self" ]; do
  target=$(readlink "$self")
  case $target in /*) self=$target ;; *) self=$(dirname -- "$self")/$target ;; esac
  folder=$(CDPATH='' cd -- "$(dirname -- "$self")" 2>/dev/null && pwd) || break
  folders="$folders
$folder"
done
folders="$folders
$(CDPATH='' cd -- "$here" && pwd -P)"

# Cron searches few folders for programs.
find_belay() {
  own=$(dirname -- "$self")/../bin/belay
  if [ -n "${BELAY:-}" ]; then
    command -v -- "$BELAY"
    return
  fi
  for each in "$(command -v belay)" /usr/local/bin/belay "$own" "${HOME:-/root}/.local/bin/belay" /opt/belay/bin/belay; do
    if [ -n "$each" ] && [ -x "$each" ]; then
      printf '%s' "$each"
      return
    fi
  done
}

belay=$(find_belay)
[ -n "$belay" ] || wrong 'belay is not installed, so nothing was done.' \
  'Install it, or say where it is: BELAY=/path/to/belay auto_update.sh'

cd -- "$here" || exit 2
report=$(mktemp) || exit 1
trap 'rm -f -- "$report"' EXIT

# A component is found by its folder. Any other answer than "no such component" is for belay to give.
if [ -z "$component" ]; then
  while IFS= read -r folder; do
    [ -n "$component" ] || component=$folder
    if "$belay" --json history "$folder" --limit 1 >"$report" 2>&1 || ! grep -q '"E_COMPONENT_UNKNOWN"' "$report"; then
      component=$folder
      break
    fi
  done <<END
$folders
END
fi

if [ -n "$check" ]; then
  "$belay" check "$component" --force --exit-code
  exit
fi

# A request to stop is for belay: it undoes what it did, and its code is ours.
trap : INT TERM HUP
say "$plain" "Updating by belay: $component"
"$belay" --json update "$component" --yes $timed >"$report"
code=$?

# Words of the report, one object or pair in a line. Quotes inside of a text are escaped, so they never look like these.
steps=$(tr '{' '\n' <"$report" | sed -n 's/^"kind":"\([a-z-]*\)","state":"\([a-z]*\)".*/\1 \2/p')
word() { # KEY
  tr '{},' '[\n*]' <"$report" | sed -n "s/^\"$1\":\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" | head -n 1
}
# What belay says of a start that it refused; it stands in the report alone.
said() { # KEY
  awk -v key="\"$1\":\"" '{
    at = index($0, key)
    if (at == 0) exit
    rest = substr($0, at + length(key))
    while ((char = substr(rest, 1, 1)) != "" && char != "\"") {
      if (char == "\\") { rest = substr(rest, 2); char = substr(rest, 1, 1); if (char == "n") char = " " }
      text = text char
      rest = substr(rest, 2)
    }
    print text
    exit
  }' "$report"
}
outcome=$(word outcome) from=$(word from) to=$(word to)

# The worst state of all steps of these kinds: failed, undone, pending, done; nothing where there is none.
state_of() { # KINDS
  found=$(printf '%s\n' "$steps" | while read -r kind state; do
    case " $1 " in *" $kind "*) printf '%s\n' "$state" ;; esac
  done)
  for each in failed undone running pending 'done' skipped; do
    case $found in *"$each"*)
      printf '%s' "$each"
      return
      ;;
    esac
  done
}

step() { # NUMBER WORDS KINDS
  # A backup stays, whatever is undone.
  case $3:$(state_of "$3") in
    *:done | backup:undone) say "$green" "[$1/7] $2: done" ;;
    *:failed) say "$red" "[$1/7] $2: failed" ;;
    *:undone) say "$yellow" "[$1/7] $2: undone" ;;
    *:pending | *:running) say "$yellow" "[$1/7] $2: not reached" ;;
    *) say "$plain" "[$1/7] $2: not needed" ;;
  esac
}

if grep -q '^{"error":' "$report"; then
  say "$red" "$(said message)" >&2
  printf '  %s\n' "$(said hint)" >&2
fi

if [ -n "$steps" ]; then
  step 1 'Stop the service' 'stop'
  step 2 'Back up the data' 'backup'
  step 3 'Get the new version' 'download unpack pull git-fetch git-worktree fetch-files gather-files'
  step 4 'Update the dependencies' 'prepare'
  step 5 'Run the migrations' 'migrate'
  step 6 'Start the service' 'start'
  case $outcome in
    rolled-back) say "$yellow" "[7/7] Roll back: done, $from is back and verified" ;;
    stuck) say "$red" '[7/7] Roll back: stuck' ;;
    failed) say "$yellow" '[7/7] Roll back: done, nothing was changed' ;;
    *) say "$plain" '[7/7] Roll back: not needed' ;;
  esac
fi

case $code in
  0)
    if [ "$outcome" = committed ]; then
      say "$green" "Updated: $from -> $to"
    elif grep -q '"held":{' "$report"; then
      say "$yellow" 'There is an update, and it waits: the reason is above.'
    else
      say "$green" 'There is nothing to update.'
    fi
    [ "$(word restart_required)" != true ] || say "$yellow" 'Restart the application yourself: belay does not know its service.'
    ;;
  1) say "$red" 'The update failed. Nothing was changed.' ;;
  2) say "$red" 'Nothing was done: belay was called wrongly, or its config has an error. Run: belay validate' ;;
  3) say "$yellow" 'The update failed. The previous version is back and verified.' ;;
  *) say "$red" 'A person is needed: run belay status, then belay resume.' ;;
esac
exit "$code"
