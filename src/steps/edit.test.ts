import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stepRoom, type StepRoom, verbs } from '../../test/fakes/steps.ts'
import type { EditStep } from '../core/plan/step.ts'
import { mayMount, type Room, room } from '../host/tree/testing.ts'
import { editHandler } from './edit.ts'

const compose = `services:
  web:
    image: host:5000/web:1.0   # the shop – “live”
  scheduler:
    image: 'o/scheduler:1.0'
`

function editStep(here: Room, change: Partial<EditStep> = {}): EditStep {
  return {
    kind: 'edit',
    phase: 'stopped',
    detail: 'x',
    path: here.at('srv/compose.yml'),
    place: { kind: 'yaml', service: 'web' },
    from: 'host:5000/web:1.0',
    to: 'host:5000/web:1.1',
    temporary: here.at('srv/.compose.yml~r'),
    saved: here.at('run/edit-0'),
    inPlace: false,
    ...change,
  }
}

async function staged(change: Partial<EditStep> = {}, text = compose) {
  const here: StepRoom = await stepRoom()
  here.plant({ 'srv/compose.yml': text, 'srv/.env': 'TAG="1.0" # x\r\nPASSWORD=1.0\r\n' })
  const file = here.at('srv/compose.yml')
  return {
    ...here,
    ...verbs(here, editStep(here, change)),
    read: (path = file) => readFileSync(path, 'utf8'),
    write: (to: string, path = file) => writeFileSync(path, to),
    inode: (path = file) => statSync(path).ino,
  }
}

test('D5: when an image changes, then its comment, its quotes, its port and every other byte stay', async () => {
  await using it = await staged()
  await it.apply()
  expect(it.read()).toBe(compose.replace('web:1.0', 'web:1.1'))
})

test('D6: when it is undone after the tag of another service changed, then that one stays changed', async () => {
  await using it = await staged()
  await it.apply()
  it.write(it.read().replace('scheduler:1.0', 'scheduler:2.0').replace('services:', 'x-new: 1\nservices:'))
  await it.undo()
  expect(it.read()).toBe(compose.replace('scheduler:1.0', 'scheduler:2.0').replace('services:', 'x-new: 1\nservices:'))
})

test('when a variable decides, then its line alone changes, and comes back', async () => {
  await using it = await staged()
  const env = it.at('srv/.env')
  const change = { path: env, place: { kind: 'env', variable: 'TAG' }, from: '"1.0"', to: '"1.1"' } as const
  const step = verbs(it, editStep(it, change))
  await step.apply()
  expect(it.read(env)).toBe('TAG="1.1" # x\r\nPASSWORD=1.0\r\n')
  await step.undo()
  expect(it.read(env)).toBe('TAG="1.0" # x\r\nPASSWORD=1.0\r\n')
})

test('when somebody wrote a third version meanwhile, then it is left, both ways, and forward the step says what to do', async () => {
  await using it = await staged()
  const theirs = compose.replace('web:1.0', 'web:7.7')
  it.write(theirs)
  const refused = { problem: { code: 'E_FILE_CHANGED', hint: expect.stringContaining('host:5000/web:1.1') } }
  await expect(it.apply()).rejects.toMatchObject(refused)
  await it.undo()
  expect(it.read()).toBe(theirs)
})

test('when the file is a link, then it stays one and the file behind it changes, with its mode and owner', async () => {
  await using it = await staged()
  it.plant({ 'srv/link.yml': '-> compose.yml' })
  const file = it.at('srv/compose.yml')
  chmodSync(file, 0o640)
  if (process.getuid?.() === 0) chownSync(file, 12, 34)
  const { uid, gid } = statSync(file)
  await verbs(it, editStep(it, { path: it.at('srv/link.yml') })).apply()
  expect(it.read()).toContain('web:1.1')
  expect(it.read(it.at('srv/link.yml'))).toContain('web:1.1')
  expect(statSync(file)).toMatchObject({ uid, gid })
  expect(statSync(file).mode & 0o7777).toBe(0o640)
})

test('when it may be renamed, then readers see one whole file or the other: it is a new one', async () => {
  await using it = await staged()
  const before = it.inode()
  await it.apply()
  expect(it.inode()).not.toBe(before)
})

test('D21: when the file is mounted by itself into a container, then it is the same file afterwards', async () => {
  await using it = await staged({ inPlace: true })
  const before = it.inode()
  await it.apply()
  expect([it.inode(), it.read()]).toEqual([before, compose.replace('web:1.0', 'web:1.1')])
  await it.undo()
  expect([it.inode(), it.read()]).toEqual([before, compose])
})

const whereMounts = test.runIf(mayMount())

whereMounts(
  'D21: when the file is a mount by itself, then it is written through it, and the mounted one changes',
  async () => {
    await using it = await staged()
    it.plant({ 'host/compose.yml': compose })
    const there = it.at('host/compose.yml')
    execFileSync('mount', ['--bind', there, it.at('srv/compose.yml')])
    try {
      const before = it.inode(there)
      await it.apply()
      expect([it.inode(there), it.read(there)]).toEqual([before, compose.replace('web:1.0', 'web:1.1')])
      await it.undo()
      expect(it.read(there)).toBe(compose)
    } finally {
      execFileSync('umount', [it.at('srv/compose.yml')])
    }
  },
)

whereMounts('when nothing can be renamed to where the file is, then it is written as it is', async () => {
  await using it = await staged()
  it.plant({ 'other/': '' })
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', it.at('other')])
  try {
    const before = it.inode()
    await verbs(it, editStep(it, { temporary: it.at('other/x') })).apply()
    expect([it.inode(), it.read()]).toEqual([before, compose.replace('web:1.0', 'web:1.1')])
    expect(readdirSync(it.at('other'))).toEqual([])
  } finally {
    execFileSync('umount', [it.at('other')])
  }
})

/** What a crash in the middle of a write in place leaves: the record, and a file made of both texts. */
function tear(it: Awaited<ReturnType<typeof staged>>, before: string, after: string, bytes: number): void {
  const [old, next] = [Buffer.from(before), Buffer.from(after)]
  mkdirSync(it.at('run'), { recursive: true })
  const record = { v: 1, before: old.toString('base64'), after: next.toString('base64') }
  writeFileSync(it.at('run/edit-0'), JSON.stringify(record))
  writeFileSync(it.at('srv/compose.yml'), Buffer.concat([next.subarray(0, bytes), old.subarray(bytes)]))
}

test.each(['apply', 'undo'] as const)(
  'D21: when a crash left the file half written, then %s makes it whole',
  async (verb) => {
    // Longer, so that every byte behind the tag is another one.
    const to = 'host:5000/web:1.0.123'
    const after = compose.replace('host:5000/web:1.0', to)
    for (const bytes of [0, 40, 50, compose.length]) {
      await using it = await staged({ inPlace: true, to })
      tear(it, compose, after, bytes)
      expect(await it.observe()).toBe('absent')
      await it[verb]()
      expect(it.read()).toBe(verb === 'apply' ? after : compose)
    }
  },
)

test('D21: when somebody wrote the file after the crash, then theirs is kept, and edited alone', async () => {
  await using it = await staged({ inPlace: true })
  tear(it, compose, compose.replace('web:1.0', 'web:1.1'), 0)
  const theirs = compose.replace('scheduler:1.0', 'scheduler:2.0-theirs')
  it.write(theirs)
  await it.apply()
  expect(it.read()).toBe(theirs.replace('web:1.0', 'web:1.1'))
})

test('when an environment file is not UTF-8, then its bytes stay', async () => {
  await using it = await staged()
  const env = it.at('srv/.env')
  writeFileSync(env, Buffer.from('# f\xfcr alle\nTAG=1\n', 'latin1'))
  const change = { path: env, place: { kind: 'env', variable: 'TAG' }, from: '1', to: '2' } as const
  await verbs(it, editStep(it, change)).apply()
  expect(readFileSync(env, 'latin1')).toBe('# f\xfcr alle\nTAG=2\n')
})

test('when the file is gone, then the step fails and says which', async () => {
  await using it = await staged({ path: '/nowhere/compose.yml' })
  await expect(it.apply()).rejects.toMatchObject({ problem: { code: 'E_COMPOSE_INVALID' } })
  expect(await it.observe()).toBe('absent')
})

const quoted = fc.constantFrom(
  (value: string) => value,
  (value: string) => `"${value}"`,
  (value: string) => `'${value}'`,
)
const newline = fc.constantFrom('\n', '\r\n')
const image = fc.constantFrom('web:1', 'host:5000/a/web:1.0-alpine', 'ghcr.io/o/a@sha256:ab', '${R}/web:${T:-1}')
const noise = fc.constantFrom('', '# ü “x”', 'x-note: "a: b # c"', 'x-list: [a, b]', '   ', 'x-text: |\n  a: 1\n  b')

/** Compose files in many spellings, with `web` in them and `from` as it stands there. */
const files = fc
  .record({
    image,
    quote: quoted,
    newline,
    before: fc.array(noise, { maxLength: 3 }),
    tail: fc.constantFrom('', ' # c', '  '),
  })
  .chain((it) => fc.record({ it: fc.constant(it), final: fc.boolean(), flow: fc.boolean(), mark: fc.boolean() }))
  .map(({ it, final, flow, mark }) => {
    const from = it.quote(it.image)
    const written =
      flow && !it.image.includes('{')
        ? [`  web: {image: ${from}, tty: true}${it.tail}`]
        : [`  web:`, `    image: ${from}${it.tail}`]
    // A key may be there once.
    const before = [...new Set(it.before)]
    const lines = [...before, 'services:', '  app: {image: app:1}', ...written, '  last: {image: web:1}']
    return { from, text: `${mark ? '\uFEFF' : ''}${lines.join('\n')}${final ? '\n' : ''}`.replaceAll('\n', it.newline) }
  })

test('when any file is edited and the edit is undone, then every byte is as before', async () => {
  await using here = await room()
  const handler = editHandler()
  const context = null as never
  await fc.assert(
    fc.asyncProperty(files, fc.boolean(), async ({ from, text }, inPlace) => {
      here.plant({ 'srv/compose.yml': text })
      const step = editStep(here, { from, to: '"other/web:2"', inPlace })
      await handler.apply(step, context)
      const edited = readFileSync(step.path, 'utf8')
      expect(edited).not.toBe(text)
      expect(edited.length - text.length).toBe(step.to.length - from.length)
      await handler.undo(step, context)
      expect(readFileSync(step.path, 'utf8')).toBe(text)
    }),
    { numRuns: 60 },
  )
})
