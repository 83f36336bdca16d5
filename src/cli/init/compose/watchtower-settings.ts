import { imageName, isFalse, type ToolNotes } from './advice.ts'
import type { ComposeService } from './read.ts'

/** One Watchtower with its settings; `service` null: its labels are there, and it is not. */
export interface Watchtower {
  readonly service: string | null
  /** Environment and command line alike, by the name of the variable. */
  readonly settings: ReadonlyMap<string, string>
  /** Containers that it was started for; none: all. */
  readonly containers: readonly string[]
}

/** Options of its command line that take a value, and the variable that says the same. */
const valued: Readonly<Record<string, string>> = {
  interval: 'WATCHTOWER_POLL_INTERVAL',
  i: 'WATCHTOWER_POLL_INTERVAL',
  schedule: 'WATCHTOWER_SCHEDULE',
  s: 'WATCHTOWER_SCHEDULE',
  scope: 'WATCHTOWER_SCOPE',
  'stop-timeout': 'WATCHTOWER_TIMEOUT',
  t: 'WATCHTOWER_TIMEOUT',
  host: 'DOCKER_HOST',
  H: 'DOCKER_HOST',
  'api-version': 'DOCKER_API_VERSION',
  a: 'DOCKER_API_VERSION',
  'log-level': 'WATCHTOWER_LOG_LEVEL',
  'log-format': 'WATCHTOWER_LOG_FORMAT',
  l: 'WATCHTOWER_LOG_FORMAT',
  'http-api-token': 'WATCHTOWER_HTTP_API_TOKEN',
  'warn-on-head-failure': 'WATCHTOWER_WARN_ON_HEAD_FAILURE',
  'disable-containers': 'WATCHTOWER_DISABLE_CONTAINERS',
  x: 'WATCHTOWER_DISABLE_CONTAINERS',
}

const flags: Readonly<Record<string, string>> = {
  S: 'WATCHTOWER_INCLUDE_STOPPED',
  d: 'WATCHTOWER_DEBUG',
  e: 'WATCHTOWER_LABEL_ENABLE',
  m: 'WATCHTOWER_MONITOR_ONLY',
  R: 'WATCHTOWER_RUN_ONCE',
  c: 'WATCHTOWER_CLEANUP',
  v: 'DOCKER_TLS_VERIFY',
  tlsverify: 'DOCKER_TLS_VERIFY',
  'enable-lifecycle-hooks': 'WATCHTOWER_LIFECYCLE_HOOKS',
}

export function watchtowerOf(service: ComposeService): Watchtower | null {
  if (imageName(service) !== 'watchtower') return null
  const { options, containers } = commandLine(service.command)
  return { service: service.name, settings: new Map([...service.environment, ...options]), containers }
}

/** Nobody said otherwise: every 24 hours, all containers. */
export const assumedWatchtower: Watchtower = { service: null, settings: new Map(), containers: [] }

function commandLine(command: readonly string[]) {
  const options = new Map<string, string>()
  const containers: string[] = []
  const rest = [...command]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name, given] = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) {
      if (!word.startsWith('-') && word !== '/watchtower') containers.push(word)
      continue
    }
    const variable = valued[name] ?? (name.startsWith('notification') ? variableOf(name) : undefined)
    const takesValue = variable !== undefined && !/^notification.*(?:skip-verify|-data|report)$/.test(name)
    if (takesValue) options.set(variable, given ?? rest.shift() ?? '')
    else options.set(flags[name] ?? variableOf(name), given ?? 'true')
  }
  return { options, containers }
}

function variableOf(name: string): string {
  return `WATCHTOWER_${name.toUpperCase().replaceAll('-', '_')}`
}

/** Settings whose meaning is in the file already, or that change nothing about updates. */
const silent =
  /^(?:WATCHTOWER_(?:POLL_INTERVAL|SCHEDULE|SCOPE|LABEL_ENABLE|LABEL_TAKE_PRECEDENCE|MONITOR_ONLY|TIMEOUT|DISABLE_CONTAINERS|NO_PULL|DEBUG|TRACE|LOG_LEVEL|LOG_FORMAT|NO_COLOR|NO_STARTUP_MESSAGE|WARN_ON_HEAD_FAILURE|INCLUDE_RESTARTING|PORCELAIN)|TZ|NO_COLOR|LANG|PATH|HOME|DOCKER_API_VERSION)$/

const settingNotes: Readonly<Record<string, string>> = {
  WATCHTOWER_CLEANUP: 'cleanup: belay removes old images by itself, but never the ones that lead back (keep_images)',
  WATCHTOWER_ROLLING_RESTART: 'rolling-restart: belay always updates one component after the other',
  WATCHTOWER_INCLUDE_STOPPED: 'include-stopped: belay updates a stopped service too and leaves it stopped',
  WATCHTOWER_REVIVE_STOPPED: 'revive-stopped: belay does not start what was stopped; docker compose start does',
  WATCHTOWER_REMOVE_VOLUMES: 'remove-volumes: belay never removes a volume',
  WATCHTOWER_NO_RESTART: 'no-restart: belay starts what it has updated, or it could not tell whether it is well',
  WATCHTOWER_RUN_ONCE: 'run-once: belay update --all --yes does that, once',
  WATCHTOWER_LIFECYCLE_HOOKS: 'lifecycle hooks: belay runs nothing that a label says',
  WATCHTOWER_HTTP_API_UPDATE: 'http-api-update: the API of belay agent does it, or a program runs belay update --json',
  WATCHTOWER_HTTP_API_METRICS: 'http-api-metrics: belay agent has its own metrics, at /metrics',
  WATCHTOWER_HTTP_API_TOKEN: 'http-api-token: the API of belay agent has its own: belay token create',
  WATCHTOWER_HTTP_API_PERIODIC_POLLS:
    'http-api-periodic-polls: belay agent checks in time, whether its API is used or not',
  DOCKER_HOST: 'its docker host: belay uses DOCKER_HOST, the docker context or the usual sockets of this host',
  DOCKER_TLS_VERIFY: 'tlsverify: belay reads DOCKER_TLS_VERIFY and DOCKER_CERT_PATH of its own environment',
  REPO_USER: 'REPO_USER and REPO_PASS: log in with docker login, or write username and password at the source',
}

/** Names of settings alone: their values may be secrets. */
export function watchtowerNotes({ service, settings }: Watchtower): ToolNotes {
  const names = [...settings.keys()]
  const notifies = names.some((name) => name.startsWith('WATCHTOWER_NOTIFICATION'))
  const notes = names.flatMap((name) => {
    if (silent.test(name) || name.startsWith('WATCHTOWER_NOTIFICATION') || name === 'REPO_PASS') return []
    const value = settings.get(name)
    if (isFalse(value)) return []
    return [settingNotes[name] ?? `the setting ${name} is not known to belay and does nothing here`]
  })
  return {
    service: service ?? '',
    tool: 'Watchtower',
    advice: 'belay does its work: remove it before you let belay update, or the two would race',
    notes: notifies ? [...notes, 'notifications: belay agent sends them to the channels under agent.notify'] : notes,
  }
}
