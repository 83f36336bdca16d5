import { nobody, type Shares, type Slot } from '../../core/traffic/slots.ts'

/**
 * `show servers state`, version 1, which is also what a state file holds: the runtime API's manual, and "Server state file" in the
 * management guide. Only the columns that we look at are named; the others stay as they are.
 */
const column = {
  backend: 1,
  server: 3,
  operation: 5,
  admin: 6,
  weight: 7,
  configWeight: 8,
  checkResult: 11,
  checkState: 13,
  port: 18,
} as const

/** Of `srv_admin_state`: everything that keeps new connections away. 4 only says that the config has `disabled`. */
const configDisabled = 4
const drained = 8
const away = 1 | 2 | drained | 16 | 32 | 64
const maintenance = 1 | 2 | 32 | 64
const running = 2
const starting = 1
const checkEnabled = 4
const checkPassed: ReadonlySet<number> = new Set([3, 4])

const format = '1'
const lineFieldsMin = 19

/** A line of it, as its fields. */
export interface Server {
  readonly name: string
  readonly port: number
  readonly admin: number
  readonly operation: number
  readonly fields: readonly string[]
}

export type Pair = Readonly<Record<Slot, Server>>

export function serversIn(text: string, backend: string): readonly Server[] {
  return linesIn(text).flatMap((fields) => {
    if (fields[column.backend] !== backend || fields.length < lineFieldsMin) return []
    const number = (at: number) => Number(fields[at])
    const [admin, operation, port] = [number(column.admin), number(column.operation), number(column.port)]
    return [{ name: fields[column.server] ?? '', admin, operation, port, fields }]
  })
}

function linesIn(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return lines.map((line) => line.trim().split(/\s+/)).filter((fields) => fields.length > 1)
}

export function sharesIn({ blue, green }: Pair): Shares {
  return percent(weightOf(blue), weightOf(green))
}

/** What a start without a state file makes of them. */
export function sharesByConfig({ blue, green }: Pair): Shares {
  const weight = ({ admin, fields }: Server) =>
    (admin & configDisabled) === 0 ? Number(fields[column.configWeight]) : 0
  return percent(weight(blue), weight(green))
}

function percent(blue: number, green: number): Shares {
  if (blue + green === 0) return nobody
  const share = Math.round((100 * green) / (blue + green))
  return { blue: 100 - share, green: share }
}

function weightOf({ admin, operation, fields }: Server): number {
  const open = (admin & away) === 0 && (operation === running || operation === starting)
  return open ? Number(fields[column.weight]) : 0
}

export function inMaintenance({ admin }: Server): boolean {
  return (admin & maintenance) !== 0
}

/** Whether it would serve at once. One whose check has not run since it left maintenance only seems to be up. */
export function isUp({ operation, fields }: Server): boolean {
  const checked = (Number(fields[column.checkState]) & checkEnabled) !== 0
  return operation === running && (!checked || checkPassed.has(Number(fields[column.checkResult])))
}

/**
 * The state file for those shares. Lines of other backends in it stay. `operation` says up for both: what a check thinks of a server
 * that rests must not outlive the next start, after which it is checked anew.
 */
export function stateFile(before: string, servers: readonly Server[], names: Record<Slot, string>, shares: Shares) {
  const backend = servers[0]?.fields[column.backend]
  const others = linesIn(before).filter((fields) => fields[column.backend] !== backend)
  const own = servers.map((server) => {
    const slot = server.name === names.blue ? 'blue' : server.name === names.green ? 'green' : null
    return slot === null ? server.fields : withShare(server, shares[slot])
  })
  return [format, header, ...[...others, ...own].map((fields) => fields.join(' ')), ''].join('\n')
}

/** The loader ignores a line whose `disabled` is not that of the config: that bit stays as it is. */
function withShare({ fields, admin }: Server, share: number): readonly string[] {
  const weight = share === 0 || share === 100 ? fields[column.configWeight] : String(share)
  const changed: Readonly<Record<number, string>> = {
    [column.operation]: String(running),
    [column.admin]: String((admin & configDisabled) | (share === 0 ? drained : 0)),
    [column.weight]: weight ?? '1',
  }
  return fields.map((field, at) => changed[at] ?? field)
}

const header =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port'

/** In the order in which nobody is without a server between: what shall serve comes first. */
export function commandsFor(backend: string, names: Record<Slot, string>, shares: Shares): readonly string[] {
  const set = (slot: Slot) => {
    const server = `set server ${backend}/${names[slot]}`
    const share = shares[slot]
    const weight = share === 0 || share === 100 ? '100%' : String(share)
    return [`${server} weight ${weight}`, `${server} state ${share === 0 ? 'drain' : 'ready'}`]
  }
  const order: readonly Slot[] = shares.blue >= shares.green ? ['blue', 'green'] : ['green', 'blue']
  return order.flatMap(set)
}

/** The columns of `show stat` by name, for one server. */
export function statOf(text: string, server: string): ReadonlyMap<string, string> | null {
  const [names = '', ...lines] = text.split('\n')
  const keys = names.replace(/^# /, '').split(',')
  const found = lines.map((line) => line.split(',')).find((values) => values[1] === server)
  return found === undefined ? null : new Map(keys.map((key, at) => [key, found[at] ?? '']))
}
