// needs: users
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Room, room } from '../../src/host/tree/testing.ts'

const program = readFileSync(fileURLToPath(new URL('../../bin/belay-put', import.meta.url)), 'utf8')

interface Bed extends Room {
  put(words: readonly string[], content?: string): { readonly status: number | null; readonly said: string }
}

/** The program as it is shipped, with its list of trees in the room. */
async function bed(): Promise<Bed> {
  const here = await room()
  here.plant({ 'srv/app/main.py': 'old', 'srv/app/lib/a.py': 'old', 'srv/other/theirs': 'theirs', 'etc/': '' })
  chmodSync(here.dir, 0o755)
  writeFileSync(here.at('etc/put-roots'), `# trees\n\n${here.at('srv/app')}\n`, { mode: 0o644 })
  writeFileSync(
    here.at('belay-put'),
    program.replace('roots=/etc/belay/put-roots', `roots=${here.at('etc/put-roots')}`),
    {
      mode: 0o755,
    },
  )
  return {
    ...here,
    put(words, content = '') {
      const { status, stderr } = spawnSync(here.at('belay-put'), words, { input: content, encoding: 'utf8', cwd: '/' })
      return { status, said: stderr }
    },
  }
}

describe('what it does', () => {
  test('when a file is put, then it is replaced whole, with its mode, and keeps its owner', async () => {
    await using here = await bed()
    chownSync(here.at('srv/app/main.py'), 65534, 65533)
    const before = statSync(here.at('srv/app/main.py')).ino
    expect(here.put(['put', here.at('srv/app/main.py'), '640'], 'new')).toEqual({ status: 0, said: '' })
    expect(readFileSync(here.at('srv/app/main.py'), 'utf8')).toBe('new')
    const stat = statSync(here.at('srv/app/main.py'))
    expect([stat.mode & 0o7777, stat.uid, stat.gid]).toEqual([0o640, 65534, 65533])
    expect(stat.ino).not.toBe(before)
    expect(readdirSync(here.at('srv/app'))).toEqual(['lib', 'main.py'])
  })

  test('when it is new, then it belongs to whom its folder belongs', async () => {
    await using here = await bed()
    chownSync(here.at('srv/app/lib'), 65534, 65533)
    expect(here.put(['mkdir', here.at('srv/app/lib/deep'), '750']).status).toBe(0)
    expect(here.put(['put', here.at('srv/app/lib/deep/-n ü\uf03a'), '644'], 'x').status).toBe(0)
    for (const path of ['srv/app/lib/deep', 'srv/app/lib/deep/-n ü\uf03a'])
      expect(statSync(here.at(path))).toMatchObject({ uid: 65534, gid: 65533 })
    expect(statSync(here.at('srv/app/lib/deep')).mode & 0o7777).toBe(0o750)
    expect(here.put(['mkdir', here.at('srv/app/lib/deep'), '755']).status).toBe(0)
  })

  test('when something is removed, then a file goes, a folder only when it is empty, and nothing is fine', async () => {
    await using here = await bed()
    expect(here.put(['remove', here.at('srv/app/lib')]).status).toBe(1)
    expect(here.put(['remove', here.at('srv/app/lib/a.py')]).status).toBe(0)
    expect(here.put(['remove', here.at('srv/app/lib/a.py')]).status).toBe(0)
    expect(here.put(['remove', here.at('srv/app/lib')]).status).toBe(0)
    expect(readdirSync(here.at('srv/app'))).toEqual(['main.py'])
  })

  test('when the mode of a folder is set, then it is, and of a file it is not', async () => {
    await using here = await bed()
    expect(here.put(['chmod', here.at('srv/app/lib'), '711']).status).toBe(0)
    expect(statSync(here.at('srv/app/lib')).mode & 0o7777).toBe(0o711)
    expect(here.put(['chmod', here.at('srv/app/main.py'), '777']).status).toBe(1)
  })
})

describe('what it refuses', () => {
  test.each([
    ['outside', ['put', 'srv/other/theirs', '644'], 'in none of the trees'],
    ['a tree whose name only begins alike', ['put', 'srv/app2/x', '644'], 'in none of the trees'],
    ['the tree itself', ['remove', 'srv/app'], 'in none of the trees'],
    ['..', ['put', 'srv/app/../other/theirs', '644'], 'plain spelling'],
    ['. and //', ['put', 'srv/app/.//main.py', '644'], 'plain spelling'],
    ['a newline', ['put', 'srv/app/a\nb', '644'], 'control characters'],
    ['setuid', ['put', 'srv/app/main.py', '4755'], 'not a mode'],
    ['a mode of words', ['put', 'srv/app/main.py', 'u+s'], 'not a mode'],
    ['another verb', ['link', 'srv/app/main.py', '644'], 'no verb'],
    ['a folder as a file', ['put', 'srv/app/lib', '644'], 'is a folder'],
    ['a link', ['put', 'srv/app/link', '644'], 'is a link'],
    ['a link, to be removed', ['remove', 'srv/app/link'], 'is a link'],
    ['a folder that is a link', ['put', 'srv/app/out/theirs', '644'], 'is no folder, or a link'],
    ['a folder that is missing', ['put', 'srv/app/none/x', '644'], 'is no folder, or a link'],
    ['a setuid file', ['put', 'srv/app/sudoish', '755'], 'setuid'],
    ['a pipe', ['put', 'srv/app/pipe', '644'], 'no plain file'],
  ])('when it is %s, then nothing happens', async (_, [verb = '', path = '', ...mode], said) => {
    await using here = await bed()
    symlinkSync(here.at('srv/other/theirs'), here.at('srv/app/link'))
    symlinkSync(here.at('srv/other'), here.at('srv/app/out'))
    mkdirSync(here.at('srv/app2'))
    writeFileSync(here.at('srv/app/sudoish'), 'old')
    chmodSync(here.at('srv/app/sudoish'), 0o4755)
    spawnSync('mkfifo', [here.at('srv/app/pipe')])
    const result = here.put([verb, `${here.dir}/${path}`, ...mode], 'new')
    expect(result.said).toContain(said)
    expect(result.status).toBe(1)
    expect(readFileSync(here.at('srv/other/theirs'), 'utf8')).toBe('theirs')
    expect(readFileSync(here.at('srv/app/main.py'), 'utf8')).toBe('old')
    expect(readFileSync(here.at('srv/app/sudoish'), 'utf8')).toBe('old')
    expect(existsSync(here.at('srv/app2/x'))).toBe(false)
  })

  test.each([
    ['belongs to somebody else', (here: Bed) => chownSync(here.at('etc/put-roots'), 65534, 0)],
    ['can be written by others', (here: Bed) => chmodSync(here.at('etc/put-roots'), 0o646)],
    ['can be written by a group', (here: Bed) => chmodSync(here.at('etc/put-roots'), 0o664)],
    ['lies in a folder of somebody else', (here: Bed) => chownSync(here.at('etc'), 65534, 0)],
    ['names all there is', (here: Bed) => writeFileSync(here.at('etc/put-roots'), '/\n')],
  ])('when the list of trees %s, then it does nothing', async (_, spoil) => {
    await using here = await bed()
    spoil(here)
    expect(here.put(['put', here.at('srv/app/main.py'), '644'], 'new').status).toBe(1)
    expect(readFileSync(here.at('srv/app/main.py'), 'utf8')).toBe('old')
  })

  test('when the file has a second name elsewhere, then that one keeps its content', async () => {
    await using here = await bed()
    linkSync(here.at('srv/other/theirs'), here.at('srv/app/second'))
    expect(here.put(['put', here.at('srv/app/second'), '666'], 'new').status).toBe(0)
    expect(readFileSync(here.at('srv/other/theirs'), 'utf8')).toBe('theirs')
    expect(statSync(here.at('srv/other/theirs')).mode & 0o777).toBe(0o644)
  })
})
