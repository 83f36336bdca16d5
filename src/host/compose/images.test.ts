import { expect, test } from 'vitest'
import { type Room, room } from '../tree/testing.ts'
import { imageEdits } from './edits.ts'
import { type Generation, readImages } from './images.ts'
import type { ComposeProject } from './project.ts'

const none: Readonly<Record<string, string>> = {}

function projectOf(here: Room, files: readonly string[], envFile: string | null = null): ComposeProject {
  return {
    files: files.map((file) => here.at(file)),
    project: null,
    profiles: [],
    envFile: envFile === null ? null : here.at(envFile),
    directory: null,
    engine: '',
  }
}

interface Case {
  readonly files: Readonly<Record<string, string>>
  readonly order?: readonly string[]
  readonly envFile?: string
  readonly generation?: Generation
  readonly environment?: Readonly<Record<string, string>>
}

async function imagesOf(
  here: Room,
  { files, order = ['c.yml'], envFile, generation = 'v2', environment = none }: Case,
) {
  here.plant(files)
  return readImages(projectOf(here, order, envFile ?? null), generation, environment)
}

/** What must be written so that `web` becomes `to`: file, place, before and after. */
async function editsFor(it: Case, to: Readonly<Record<string, string>>) {
  await using here = await room()
  const images = await imagesOf(here, it)
  const edits = imageEdits(images, new Map(Object.entries(to)))
  return edits.map(({ path, place, from, to: after }) => [
    path.slice(here.dir.length + 1),
    place.kind === 'yaml' ? place.service : place.variable,
    from,
    after,
  ])
}

const web = (image: string) => `services:\n  web:\n    image: ${image}\n`

/** Each was seen to be so with the compose program of its generation. */
test.each<[string, Case, string]>([
  [
    'the last file that says it wins',
    { files: { 'c.yml': web('a:1'), 'o.yml': web('b:1') }, order: ['c.yml', 'o.yml'] },
    'b:1',
  ],
  [
    'an override file that is not named is not read',
    { files: { 'c.yml': web('a:1'), 'compose.override.yml': web('b:1') } },
    'a:1',
  ],
  [
    'a file without it leaves it',
    { files: { 'c.yml': web('a:1'), 'o.yml': 'services: {web: {tty: true}}' }, order: ['c.yml', 'o.yml'] },
    'a:1',
  ],
  [
    'what it extends in the same file',
    { files: { 'c.yml': 'services:\n  web: {extends: base}\n  base: {image: a:1}\n' } },
    'a:1',
  ],
  [
    'what it extends in another file, from the folder of the project',
    {
      files: {
        'c.yml': 'services: {}',
        'sub/o.yml': 'services:\n  web: {extends: {file: e.yml, service: base}}\n',
        'e.yml': 'services: {base: {image: top:1}}',
        'sub/e.yml': 'services: {base: {image: sub:1}}',
      },
      order: ['c.yml', 'sub/o.yml'],
    },
    'top:1',
  ],
  [
    'what that extends in turn, from its own folder',
    {
      files: {
        'c.yml': 'services:\n  web: {extends: {file: sub/m.yml, service: base}}\n',
        'sub/m.yml': 'services:\n  base: {extends: {file: e.yml, service: base}}\n',
        'e.yml': 'services: {base: {image: top:1}}',
        'sub/e.yml': 'services: {base: {image: sub:1}}',
      },
    },
    'sub:1',
  ],
  [
    'its own before what it extends',
    { files: { 'c.yml': 'services:\n  web: {extends: base, image: own:1}\n  base: {image: a:1}\n' } },
    'own:1',
  ],
  [
    'an extending file over one that says it, in the second generation',
    {
      files: { 'a.yml': web('direct:1'), 'b.yml': 'services:\n  web: {extends: base}\n  base: {image: base:1}\n' },
      order: ['a.yml', 'b.yml'],
    },
    'base:1',
  ],
  [
    'the one that says it over an extending file, in the first',
    {
      files: { 'a.yml': web('direct:1'), 'b.yml': 'services:\n  web: {extends: base}\n  base: {image: base:1}\n' },
      order: ['a.yml', 'b.yml'],
      generation: 'v1',
    },
    'direct:1',
  ],
  [
    'an included file',
    { files: { 'c.yml': 'include: [inc/i.yml]\nservices: {}', 'inc/i.yml': web('"i:${T:-0}"'), 'inc/.env': 'T=inc' } },
    'i:inc',
  ],
  [
    'an included file, and the variables of the project before its own',
    {
      files: {
        'c.yml': 'include: [inc/i.yml]',
        'inc/i.yml': web('"i:${T:-0}"'),
        'inc/.env': 'T=inc',
        '.env': 'T=root',
      },
    },
    'i:root',
  ],
  [
    'an included file with its override and an environment file of its own',
    {
      files: {
        'c.yml': 'include:\n  - path: [inc/i.yml, inc/o.yml]\n    env_file: x.env\n',
        'inc/i.yml': web('i:1'),
        'inc/o.yml': web('"o:$T"'),
        'x.env': 'T=x',
      },
    },
    'o:x',
  ],
  [
    'a file over an included one',
    { files: { 'c.yml': 'include: [i.yml]', 'i.yml': web('i:1'), 'o.yml': web('o:1') }, order: ['c.yml', 'o.yml'] },
    'o:1',
  ],
  ['a service of a profile', { files: { 'c.yml': 'services:\n  web: {image: a:1, profiles: [debug]}\n' } }, 'a:1'],
  [
    'the environment file that is named',
    { files: { 'c.yml': web('a:$T'), '.env': 'T=no', 'prod.env': 'T=yes' }, envFile: 'prod.env' },
    'a:yes',
  ],
  [
    'the environment before the file',
    { files: { 'c.yml': web('a:$T'), '.env': 'T=file' }, environment: { T: 'env' } },
    'a:env',
  ],
  ['a variable that uses one before it', { files: { 'c.yml': web('a:$T'), '.env': 'B=1\nT=${B}-x\nB=2' } }, 'a:1-x'],
  ['a default within a default', { files: { 'c.yml': web('"${A:-r/${B:-web}}:${C-1}"') } }, 'r/web:1'],
  ['an empty one, which is set', { files: { 'c.yml': web('"a${A-x}${A:-y}:1"'), '.env': 'A=' } }, 'ay:1'],
  ['what counts only when it is set', { files: { 'c.yml': web('"a:${T:+2}${U:+3}"'), '.env': 'T=x' } }, 'a:2'],
  ['a dollar that is meant', { files: { 'c.yml': web('"a:$$T"') } }, 'a:$T'],
])('when files are resolved, then %s', async (_, it, reference) => {
  await using here = await room()
  expect((await imagesOf(here, it)).get('web')?.reference).toBe(reference)
})

test.each<[string, Case, readonly string[]]>([
  ['the text itself', { files: { 'c.yml': web('r/web:1') } }, ['c.yml', 'web', 'r/web:1', 'r/web:2']],
  [
    'the whole tag in a variable',
    { files: { 'c.yml': web('r/web:${T}'), '.env': 'A=1\nT="1" # x\n' } },
    ['.env', 'T', '"1"', '"2"'],
  ],
  [
    'the whole reference in a variable',
    { files: { 'c.yml': web('$I'), '.env': 'I=r/web:1' } },
    ['.env', 'I', 'r/web:1', 'r/web:2'],
  ],
  ['the last line of a variable', { files: { 'c.yml': web('r/web:$T'), '.env': 'T=0\nT=1' } }, ['.env', 'T', '1', '2']],
  [
    'the default, where only that applies',
    { files: { 'c.yml': web("'${R:-r}/web:${T:-1}'") } },
    ['c.yml', 'web', "'${R:-r}/web:${T:-1}'", "'${R:-r}/web:${T:-2}'"],
  ],
  [
    'the tag, where the registry is a variable',
    { files: { 'c.yml': web('${R}/web:1'), '.env': 'R=r' } },
    ['c.yml', 'web', '${R}/web:1', '${R}/web:2'],
  ],
  [
    'the variable within another one',
    { files: { 'c.yml': web('$I'), '.env': 'T=1\nI=r/web:${T}' } },
    ['.env', 'T', '1', '2'],
  ],
  [
    'the variable of an included file',
    { files: { 'c.yml': 'include: [i/c.yml]', 'i/c.yml': web('r/web:$T'), 'i/.env': 'T=1' } },
    ['i/.env', 'T', '1', '2'],
  ],
  [
    'the service that is extended',
    {
      files: {
        'c.yml': 'services: {web: {extends: {file: e.yml, service: base}}}',
        'e.yml': 'services: {base: {image: r/web:1}}',
      },
    },
    ['e.yml', 'base', 'r/web:1', 'r/web:2'],
  ],
])('when the version is decided by %s, then that is what changes', async (_, it, edit) => {
  expect(await editsFor(it, { web: 'r/web:2' })).toEqual([edit])
})

test.each<[string, string, string, string, readonly string[]]>([
  ['a suffix around it', '"r/web:${T}-alpine"', 'T=1', 'r/web:2-alpine', ['.env', 'T', '1', '2']],
  ['a letter before it', 'r/web:v$T', 'T=1', 'r/web:v11', ['.env', 'T', '1', '11']],
  ['the lesser part', 'r/web:${A}.${B}', 'A=1\nB=0', 'r/web:1.1', ['.env', 'B', '0', '1']],
  ['the greater part', 'r/web:${A}.${B}', 'A=1\nB=0', 'r/web:2.0', ['.env', 'A', '1', '2']],
  ['an empty part behind it', 'r/web:1.0$S', 'S=', 'r/web:1.0.1', ['c.yml', 'web', 'r/web:1.0$S', 'r/web:1.0.1$S']],
  ['a tag that begins as the old one ended', 'r/web:$T', 'T=1.0', 'r/web:11.0', ['.env', 'T', '1.0', '11.0']],
])('when a variable is a part of the tag, with %s, then it alone changes', async (_, image, env, to, edit) => {
  expect(await editsFor({ files: { 'c.yml': web(image), '.env': env } }, { web: to })).toEqual([edit])
})

test.each<[string, Case, Readonly<Record<string, string>>, RegExp]>([
  [
    'is set in the environment alone',
    { files: { 'c.yml': web('a:$T') }, environment: { T: '1' } },
    { web: 'a:2' },
    /comes from T, which no file sets.*write T=… into the \.env/is,
  ],
  ['is set nowhere', { files: { 'c.yml': web('a:${T}') } }, { web: 'a:2' }, /comes from T/],
  [
    'is in two parts that both change',
    { files: { 'c.yml': web('a:$A.$B'), '.env': 'A=1\nB=0' } },
    { web: 'a:2.1' },
    /several parts/,
  ],
  [
    'is that of another service by an anchor',
    { files: { 'c.yml': 'services:\n  web: {image: &i a:1}\n  app: {image: *i}\n' } },
    { web: 'a:2' },
    /web and that of app .*service: \[web, app\]/s,
  ],
  [
    'is that of another service by what is merged in',
    { files: { 'c.yml': 'x: &x {image: a:1}\nservices:\n  web: *x\n  app: {<<: *x}\n' } },
    { web: 'a:2' },
    /web and that of app/,
  ],
  [
    'is that of the service that it extends',
    { files: { 'c.yml': 'services:\n  web: {extends: app}\n  app: {image: a:1}\n' } },
    { web: 'a:2' },
    /web and that of app/,
  ],
  [
    'is in a variable of another service too',
    { files: { 'c.yml': 'services:\n  web: {image: "a:$T"}\n  app: {image: "b:$T"}\n', '.env': 'T=1' } },
    { web: 'a:2' },
    /the variable T/,
  ],
  [
    'is one for two that differ',
    { files: { 'c.yml': 'services:\n  web: {image: "a:$T"}\n  app: {image: "b:$T"}\n', '.env': 'T=1' } },
    { web: 'a:2', app: 'b:3' },
    /different ones/,
  ],
  [
    'is one for two of which one stays',
    { files: { 'c.yml': 'services:\n  web: {image: "a:$T"}\n  app: {image: "b:$T"}\n', '.env': 'T=1' } },
    { web: 'a:2', app: 'b:1' },
    /different ones/,
  ],
])('when the version %s, then nothing is edited and the reason is told', async (_, it, to, words) => {
  const refused = await editsFor(it, to).then(
    () => null,
    (error: unknown) => error,
  )
  expect(refused).toMatchObject({ problem: { code: 'E_COMPOSE_IMAGE' } })
  const { message, hint } = (refused as { problem: { message: string; hint: string } }).problem
  expect(`${message} ${hint}`).toMatch(words)
})

test('when two services move together, then what decides for both is edited once', async () => {
  const files = { 'c.yml': 'services:\n  web: {image: "a/web:$T"}\n  app: {image: "a/app:$T"}\n', '.env': 'T=1' }
  expect(await editsFor({ files }, { web: 'a/web:2', app: 'a/app:2' })).toEqual([['.env', 'T', '1', '2']])
  const anchored = { 'c.yml': 'services:\n  web: {image: &i a:1}\n  app: {image: *i}\n' }
  expect(await editsFor({ files: anchored }, { web: 'a:2', app: 'a:2' })).toEqual([['c.yml', 'web', 'a:1', 'a:2']])
})

test('when the files say it already, then nothing is edited', async () => {
  expect(await editsFor({ files: { 'c.yml': web('a:2') } }, { web: 'a:2' })).toEqual([])
})

test('when a file includes itself, then it is refused, not followed for ever', async () => {
  await using here = await room()
  await expect(imagesOf(here, { files: { 'c.yml': 'include: [c.yml]' } })).rejects.toMatchObject({
    problem: { code: 'E_COMPOSE_IMAGE' },
  })
  const circle = { 'c.yml': 'services:\n  web: {extends: app}\n  app: {extends: web}\n' }
  await expect(imagesOf(here, { files: circle })).rejects.toMatchObject({ problem: { code: 'E_COMPOSE_IMAGE' } })
})

test('when the file is a link, then the file behind it is named, since that one is written', async () => {
  const files = { 'real/c.yml': web('a:1'), 'c.yml': '-> real/c.yml' }
  expect(await editsFor({ files }, { web: 'a:2' })).toEqual([['real/c.yml', 'web', 'a:1', 'a:2']])
})
