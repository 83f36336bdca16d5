import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** Of /proc/net/tcp: established, and ended by the other side alone, which still gets its answer. */
const held: ReadonlySet<string> = new Set(['01', '08'])
/** Of /proc/net/unix: connected; `listeningFlag` marks who only listens. */
const connected = '03'
const listeningFlag = 0x1_0000
/** Where the tree of systemd's groups may be: of its own, or beside those of version 1. */
const groupRoots = ['/sys/fs/cgroup', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'] as const
const depthMax = 8

/** Connections at what the socket listens on that processes of that group hold. null: they cannot be seen. */
export async function heldBy(group: string, listens: readonly string[]): Promise<number | null> {
  const pids = await pidsIn(group)
  if (pids === null) return null
  const [tcp4, tcp6, unix] = await Promise.all(
    ['tcp', 'tcp6', 'unix'].map((table) => readFile(`/proc/net/${table}`, 'utf8').catch(() => '')),
  )
  const inodes = new Set([...tcpInodes(`${tcp4}\n${tcp6}`, listens), ...unixInodes(unix ?? '', listens)])
  const found = new Set<string>()
  for (const pid of pids) {
    const own = await socketsOf(pid)
    if (own === null) return null
    for (const inode of own) if (inodes.has(inode)) found.add(inode)
  }
  return found.size
}

/** Inodes of connections at one of those ports. Pure, of the text of /proc/net/tcp and tcp6. */
export function tcpInodes(text: string, listens: readonly string[]): readonly string[] {
  const ports = new Set(
    listens.flatMap((address) => {
      const port = /:(\d{1,5})$/.exec(address)?.[1]
      return port === undefined ? [] : [Number(port).toString(16).toUpperCase().padStart(4, '0')]
    }),
  )
  return text.split('\n').flatMap((line) => {
    const [, local = '', , state = '', , , , , , inode = ''] = line.trim().split(/\s+/)
    return held.has(state) && ports.has(local.slice(local.lastIndexOf(':') + 1)) ? [inode] : []
  })
}

/** The same of /proc/net/unix, where the side that accepted has the path of the socket. */
export function unixInodes(text: string, listens: readonly string[]): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [, , , flags = '', , state = '', inode = '', ...path] = line.trim().split(/\s+/)
    const waits = (Number.parseInt(flags, 16) & listeningFlag) !== 0
    return state === connected && !waits && listens.includes(path.join(' ')) ? [inode] : []
  })
}

/** null: there is no such group, or it may not be read. */
async function pidsIn(group: string): Promise<readonly string[] | null> {
  if (group === '') return null
  for (const root of groupRoots) {
    const pids = await pidsBelow(join(root, group), 0)
    if (pids !== null) return pids
  }
  return null
}

async function pidsBelow(folder: string, depth: number): Promise<readonly string[] | null> {
  const text = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => null)
  if (text === null) return null
  const entries = depth >= depthMax ? [] : await readdir(folder, { withFileTypes: true }).catch(() => [])
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map(({ name }) => pidsBelow(join(folder, name), depth + 1)),
  )
  return [...text.split('\n').filter((pid) => pid !== ''), ...below.flatMap((pids) => pids ?? [])]
}

/** null: they are not for us to see. A process that ended meanwhile holds none, and one that it closed meanwhile is none. */
async function socketsOf(pid: string): Promise<readonly string[] | null> {
  const folder = `/proc/${pid}/fd`
  try {
    const links = await Promise.all((await readdir(folder)).map((fd) => readlink(join(folder, fd)).catch(closed)))
    return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
  } catch (error) {
    return isRefused(error) ? null : []
  }
}

function closed(error: unknown): string {
  if (isRefused(error)) throw error
  return ''
}

/** Of another user's process, this takes root with CAP_SYS_PTRACE, which containers do not have. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')
}
