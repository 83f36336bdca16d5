import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { look, type Room, room } from '../../src/host/tree/testing.ts'
import { cloneOf, newRepository, type Repository } from '../../src/host/git/testing.ts'
import { isSwitched, type Switch, switchBack, switchTree } from '../../src/host/git/switch/index.ts'

const signal = new AbortController().signal
const run = 'r-00000001'

interface Bench {
  readonly app: Repository
  readonly step: Switch
  readonly a: string
  readonly b: string
  readonly forward: (more?: Partial<Switch>) => Promise<unknown>
  readonly back: (more?: Partial<Switch>) => Promise<void>
  /** All that must come back: files with their modes, what git says of them, the stash, references. */
  readonly seen: () => object
}

const older = {
  VERSION: '1',
  'app/main.py': 'one',
  'app/gone.py': 'x',
  swap: 'file',
  'same/file': 's',
  '.gitignore': '.env\ndata.db\n',
}
const newer = {
  VERSION: '2',
  'app/main.py': 'two',
  'app/gone.py': null,
  swap: null,
  'swap/inner': 'dir',
  'new/deep/file': 'n',
}

function bench(here: Room): Bench {
  const up = newRepository(here.at('up'))
  const a = up.commit('one', older)
  const b = up.commit('two', newer)
  const app = cloneOf(up, here.at('app'))
  app.git('reset', '--quiet', '--hard', a)
  here.plant({ 'app/.env': 'SECRET=1', 'app/data.db': 'rows', 'app/notes.txt': 'mine' })
  const step: Switch = {
    path: app.dir,
    user: null,
    run,
    from: a,
    to: b,
    branch: 'main',
    local: 'refuse',
    preserve: [],
    submodules: false,
    exchange: null,
  }
  return {
    app,
    step,
    a,
    b,
    forward: (more = {}) => switchTree({ ...step, ...more }, signal),
    back: (more = {}) => switchBack({ ...step, ...more }, signal),
    seen: () => ({
      files: Object.fromEntries(Object.entries(look(app.dir)).filter(([name]) => !/^\.git(?:\/|$)/.test(name))),
      status: app.git('status', '--porcelain=v2', '--branch', '--untracked-files=all', '--ignored'),
      index: app.git('ls-files', '--stage'),
      head: readFileSync(join(app.dir, '.git/HEAD'), 'utf8'),
      stash: app.git('stash', 'list', '--format=%H %gs'),
      refs: app.git('for-each-ref'),
    }),
  }
}

describe('forward and back', () => {
  test('when it is switched, then the tree is the commit, the branch is on it, and what git does not know is untouched', async () => {
    await using here = await room()
    const { app, forward, b, step } = bench(here)
    await forward()
    expect(app.head()).toBe(b)
    expect(app.git('symbolic-ref', 'HEAD')).toBe('refs/heads/main')
    expect(app.git('status', '--porcelain')).toBe('?? notes.txt')
    expect(readFileSync(here.at('app/swap/inner'), 'utf8')).toBe('dir')
    expect(existsSync(here.at('app/app/gone.py'))).toBe(false)
    expect([readFileSync(here.at('app/.env'), 'utf8'), readFileSync(here.at('app/data.db'), 'utf8')]).toEqual([
      'SECRET=1',
      'rows',
    ])
    expect(await isSwitched(step, signal)).toBe(true)
    expect(app.git('rev-parse', `refs/belay/kept/${run}`)).toBe(step.from)
  })

  test('C5: when it is turned back, then it is exactly as it was, and turning back twice is once', async () => {
    await using here = await room()
    const { forward, back, seen } = bench(here)
    const before = seen()
    await forward()
    expect(seen()).not.toEqual(before)
    await back()
    expect(seen()).toEqual(before)
    await back()
    expect(seen()).toEqual(before)
  })

  test('when it never began, then turning back does nothing', async () => {
    await using here = await room()
    const { back, seen } = bench(here)
    const before = seen()
    await back()
    expect(seen()).toEqual(before)
  })

  test('when it is done again after it was done, then nothing changes', async () => {
    await using here = await room()
    const { forward, back, seen } = bench(here)
    const before = seen()
    await forward()
    const after = seen()
    await forward()
    expect(seen()).toEqual(after)
    await back()
    expect(seen()).toEqual(before)
  })

  test('when HEAD is detached, then it stays so, both ways', async () => {
    await using here = await room()
    const { app, forward, back, seen, b } = bench(here)
    app.git('checkout', '--quiet', '--detach')
    const before = seen()
    await forward({ branch: null })
    expect(readFileSync(here.at('app/.git/HEAD'), 'utf8')).toBe(`${b}\n`)
    expect(app.git('rev-parse', 'main')).not.toBe(b)
    await back({ branch: null })
    expect(seen()).toEqual(before)
  })

  test('when only modes and links differ, then they are switched too', async () => {
    await using here = await room()
    const { app, forward, back, seen, a } = bench(here)
    chmodSync(here.at('app/VERSION'), 0o755)
    symlinkSync('VERSION', here.at('app/link'))
    const to = app.commit('modes', {})
    app.git('reset', '--quiet', '--hard', a)
    const before = seen()
    await forward({ to })
    expect(look(app.dir)).toMatchObject({ VERSION: '755 1', link: '-> VERSION' })
    await back({ to })
    expect(seen()).toEqual(before)
  })
})

describe('changes of the user', () => {
  const edit = (here: Room, app: Repository) => {
    here.plant({ 'app/app/main.py': 'edited', 'app/same/file': 'edited too', 'app/staged.py': 'staged' })
    app.git('add', 'staged.py')
    app.git('rm', '--quiet', '--cached', 'VERSION')
  }

  test('W3: when files were edited and that is to be refused, then nothing is touched', async () => {
    await using here = await room()
    const { app, forward, seen } = bench(here)
    edit(here, app)
    const before = seen()
    await expect(forward()).rejects.toMatchObject({ problem: { code: 'E_FILE_CHANGED' } })
    expect(seen()).toEqual(before)
  })

  test('W3: when they are to be stashed, then the tree is clean, and the stash gives all of it back', async () => {
    await using here = await room()
    const { app, forward, a } = bench(here)
    edit(here, app)
    await forward({ local: 'stash' })
    expect(app.git('status', '--porcelain')).toBe('?? notes.txt')
    expect(app.git('stash', 'list')).toBe(`stash@{0}: main: belay ${run}`)
    app.git('reset', '--quiet', '--hard', a)
    app.git('stash', 'pop', '--quiet', '--index')
    expect(app.git('status', '--porcelain').split('\n')).toEqual([
      'D  VERSION',
      ' M app/main.py',
      ' M same/file',
      'A  staged.py',
      '?? VERSION',
      '?? notes.txt',
    ])
  })

  test('W3: when that is turned back, then every edit is as it was, what was staged too, and no stash is left', async () => {
    await using here = await room()
    const { app, forward, back, seen } = bench(here)
    edit(here, app)
    const before = seen()
    await forward({ local: 'stash' })
    await back({ local: 'stash' })
    expect(seen()).toEqual(before)
  })

  test.each([
    ['an untracked file', { 'app/new/deep/file': 'mine' }],
    ['an ignored file', { 'app/new/deep/file': 'mine', 'app/.git/info/exclude': 'new/' }],
    ['a file where a folder comes', { 'app/new': 'mine' }],
    ['a link to a folder elsewhere', { 'app/new': '-> ../elsewhere' }],
  ])('when %s stands where a new file comes, then it is refused, or stashed and brought back', async (_name, files) => {
    await using here = await room()
    const { app, forward, back, seen } = bench(here)
    here.plant(files)
    const before = seen()
    await expect(forward()).rejects.toMatchObject({ problem: { code: 'E_FILE_CHANGED' } })
    expect(seen()).toEqual(before)
    await forward({ local: 'stash' })
    expect(readFileSync(here.at('app/new/deep/file'), 'utf8')).toBe('n')
    expect(app.git('show', '--name-only', '--format=', 'stash@{0}^3')).toBe(Object.keys(files)[0]?.slice('app/'.length))
    await back({ local: 'stash' })
    expect(seen()).toEqual(before)
  })

  test('C3: when a tracked path is preserved, then neither way touches it', async () => {
    await using here = await room()
    const { app, forward, back } = bench(here)
    here.plant({ 'app/VERSION': 'rows of a customer' })
    await forward({ preserve: ['VERSION'] })
    expect(readFileSync(here.at('app/VERSION'), 'utf8')).toBe('rows of a customer')
    expect(app.git('status', '--porcelain').split('\n')).toEqual([' M VERSION', '?? notes.txt'])
    await back({ preserve: ['VERSION'] })
    expect(readFileSync(here.at('app/VERSION'), 'utf8')).toBe('rows of a customer')
  })

  test('when the new version changed one of its own files, then that change is kept in the stash', async () => {
    await using here = await room()
    const { app, forward, back, seen } = bench(here)
    const before = seen()
    await forward()
    writeFileSync(here.at('app/app/main.py'), 'written by the new version')
    await back()
    expect(app.git('show', 'stash@{0}:app/main.py')).toBe('written by the new version')
    app.git('stash', 'drop', '--quiet')
    expect(seen()).toEqual(before)
  })

  test('when turning back is cut off, then going on does not take the old files for edits', async () => {
    await using here = await room()
    const { app, forward, back, seen } = bench(here)
    const before = seen()
    await forward()
    writeFileSync(here.at('app/.git/index.lock'), '')
    await expect(back()).rejects.toMatchObject({ problem: { code: 'E_LOCKED' } })
    rmSync(here.at('app/.git/index.lock'))
    await back()
    expect(app.git('stash', 'list')).toBe('')
    expect(seen()).toEqual(before)
  })

  test('when somebody commits before it is turned back, then nothing is moved over that', async () => {
    await using here = await room()
    const { app, forward, back } = bench(here)
    await forward()
    const theirs = app.commit('theirs', { theirs: '1' })
    await expect(back()).rejects.toMatchObject({
      problem: { code: 'E_FILE_CHANGED', hint: expect.stringContaining('belay resume') },
    })
    expect(app.head()).toBe(theirs)
  })
})

describe('locks', () => {
  test('when another git holds the index, then nothing is touched, and the file is named', async () => {
    await using here = await room()
    const { forward, seen } = bench(here)
    const before = seen()
    writeFileSync(here.at('app/.git/index.lock'), '')
    await expect(forward()).rejects.toMatchObject({
      problem: {
        code: 'E_LOCKED',
        message: expect.stringContaining('app/.git/index.lock'),
        hint: expect.stringContaining('pgrep -a git'),
      },
    })
    expect({ ...before }).toMatchObject({ files: (seen() as { files: object }).files })
  })

  test('when a killed git of this run left its lock on the branch, then it goes, and a stranger’s stays', async () => {
    await using here = await room()
    const { app, forward, back, step, b } = bench(here)
    await forward()
    writeFileSync(here.at('app/.git/refs/heads/main.lock'), `${b}\n`)
    await back()
    expect(app.head()).toBe(step.from)
    await forward()
    writeFileSync(here.at('app/.git/refs/heads/main.lock'), `${'7'.repeat(40)}\n`)
    await expect(back()).rejects.toMatchObject({ problem: { code: 'E_LOCKED' } })
    expect(existsSync(here.at('app/.git/refs/heads/main.lock'))).toBe(true)
  })
})

describe('folders made ready elsewhere', () => {
  const made = (here: Room) => {
    here.plant({
      'ready/.venv/bin/tool': 'new tool',
      'app/.venv/bin/tool': 'old tool',
      'app/.git/info/exclude': '.venv/\nnode_modules/\n',
    })
    return { exchange: { from: here.at('ready'), paths: ['.venv', 'node_modules'] } }
  }

  test('C2: when they are exchanged, then the new one stands there, and the old one comes back', async () => {
    await using here = await room()
    const { forward, back, seen } = bench(here)
    const more = made(here)
    const before = seen()
    await forward(more)
    expect(readFileSync(here.at('app/.venv/bin/tool'), 'utf8')).toBe('new tool')
    expect(readFileSync(here.at(`app/.git/belay/${run}/kept/.venv/bin/tool`), 'utf8')).toBe('old tool')
    await back(more)
    expect(seen()).toEqual(before)
  })

  test('when there was none before, then none is left', async () => {
    await using here = await room()
    const { forward, back, seen } = bench(here)
    const more = made(here)
    mkdirSync(here.at('ready/node_modules'))
    const before = seen()
    await forward(more)
    expect(existsSync(here.at('app/node_modules'))).toBe(true)
    await back(more)
    expect(seen()).toEqual(before)
  })
})
