import { existsSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type StepRoom, stepRoom, unpackStep, verbs } from '../../test/fakes/steps.ts'
import type { UnpackStep } from '../core/plan/step.ts'
import { makeTar } from '../host/archive/testing.ts'
import { look } from '../host/tree/testing.ts'

const asRoot = test.runIf(process.getuid?.() === 0)

async function unpacking(here: StepRoom, more: Partial<UnpackStep> = {}): Promise<UnpackStep> {
  const entries = [
    { name: 'app-2/VERSION', content: '2' },
    { name: 'app-2/bin/run', content: '#!/bin/sh', mode: 0o755 },
  ]
  return unpackStep(here, await makeTar(entries), more)
}

describe('unpack', () => {
  test('when it is done, then the tree stands under its name without its top folder, and says how much it is', async () => {
    await using here = await stepRoom()
    const facts = await verbs(here, await unpacking(here)).apply()
    expect(look(here.at('releases'))).toMatchObject({
      '2/VERSION': expect.stringMatching(/ 2$/),
      '2/bin/run': '755 #!/bin/sh',
    })
    expect(facts).toMatchObject({ files: 2, top: 'app-2' })
  })

  test('when a crash left half a tree, then it is not taken for a whole one, and nothing of it survives', async () => {
    await using here = await stepRoom()
    const it = verbs(here, await unpacking(here))
    here.plant({ 'releases/.building~r/leftover': 'x' })
    expect(await it.observe()).toBe('absent')
    await it.apply()
    expect(existsSync(here.at('releases/2/leftover'))).toBe(false)
    expect(existsSync(here.at('releases/.building~r'))).toBe(false)
  })

  test('when half a tree is undone, then nothing is kept as evidence', async () => {
    await using here = await stepRoom()
    const it = verbs(here, await unpacking(here))
    here.plant({ 'releases/.building~r/leftover': 'x' })
    await it.undo()
    expect(look(here.at('releases'))).toEqual({})
  })

  test('when a whole tree is undone, then it is kept aside, in place of an older one', async () => {
    await using here = await stepRoom()
    const it = verbs(here, await unpacking(here))
    here.plant({ 'releases/.failed~r/old': 'x' })
    await it.apply()
    await it.undo()
    expect(readFileSync(here.at('releases/.failed~r/VERSION'), 'utf8')).toBe('2')
    expect(existsSync(here.at('releases/.failed~r/old'))).toBe(false)
    expect(existsSync(here.at('releases/2'))).toBe(false)
  })

  test('when the file is no archive by its name, then it says which names are', async () => {
    await using here = await stepRoom()
    const step = await unpacking(here, { archiveName: 'app-2.deb' })
    await expect(verbs(here, step).apply()).rejects.toMatchObject({
      problem: { code: 'E_ARCHIVE_FORMAT', hint: expect.stringContaining('.tar.gz') },
    })
  })

  asRoot('when the installation has a user, then the tree is theirs', async () => {
    await using here = await stepRoom()
    await verbs(here, await unpacking(here, { user: 'nobody' })).apply()
    for (const name of ['', 'VERSION', 'bin/run']) expect(statSync(here.at(`releases/2/${name}`)).uid).toBe(65_534)
  })
})

describe('carry', () => {
  test('when both trees have the file, then the user’s wins, and what only the new one has stays', async () => {
    await using here = await stepRoom()
    here.plant({
      'old/config/a': 'edited',
      'old/code': 'old',
      'new/config/a': 'shipped',
      'new/config/b': 'new',
      'new/code': 'new',
    })
    const facts = await verbs(here, {
      kind: 'carry',
      phase: 'before',
      detail: 'x',
      patterns: ['config/**'],
      from: here.at('old'),
      to: here.at('new'),
    }).apply()
    const texts = ['config/a', 'config/b', 'code'].map((name) => readFileSync(here.at(`new/${name}`), 'utf8'))
    expect(texts).toEqual(['edited', 'new', 'new'])
    expect(facts).toEqual({ files: 1, bytes: 6 })
  })
})
