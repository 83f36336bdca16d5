/** One line of /proc/self/mountinfo (proc(5)). */
export interface MountLine {
  /** The folder of that file system that is mounted. */
  readonly root: string
  readonly point: string
  readonly readOnly: boolean
  readonly type: string
  readonly source: string
}

/** Lines that do not look like one are left out. */
export function mountsOf(text: string): readonly MountLine[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ', 2)
    const [, , , root, point, options] = before.split(' ')
    const [type, source = ''] = after.split(' ')
    if (root === undefined || !point?.startsWith('/') || options === undefined || type === undefined) return []
    const readOnly = options.split(',').includes('ro')
    return [{ root: unescape(root), point: unescape(point), readOnly, type, source: unescape(source) }]
  })
}

/** Blanks, tabs, line ends and backslashes are written in octal. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/** The mount that a path lies in: of several at one point, the last hides the others. */
export function mountAt(mounts: readonly MountLine[], path: string): MountLine | null {
  let found: MountLine | null = null
  for (const mount of mounts) {
    const above = mount.point === '/' || path === mount.point || path.startsWith(`${mount.point}/`)
    if (above && mount.point.length >= (found?.point.length ?? 0)) found = mount
  }
  return found
}
