import { readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { HeldFolder, named } from './held-folder.ts'
import { room } from './testing.ts'

test.runIf(process.platform === 'linux')(
  'when a held folder is swapped for a link, then work goes on in the folder that is held',
  async () => {
    await using here = await room()
    here.plant({ 'tree/a': '', 'victim/': '' })
    using held = HeldFolder.open(here.at('tree'))
    renameSync(here.at('tree'), here.at('moved'))
    symlinkSync('victim', here.at('tree'))

    writeFileSync(held.at('b'), '')

    expect(readdirSync(here.at('moved'))).toStrictEqual(['a', 'b'])
    expect(readdirSync(here.at('victim'))).toStrictEqual([])
  },
)

test('when a link stands where a folder or a file should be opened, then it is refused by its real name', async () => {
  await using here = await room()
  here.plant({ 'tree/to-folder': '-> ../victim', 'tree/to-file': '-> ../victim/x', 'victim/x': 'x' })
  using held = HeldFolder.open(here.at('tree'))

  expect(() => held.folder('to-folder')).toThrow(`'${here.at('tree/to-folder')}'`)
  expect(() => named(here.at('tree/to-file'), () => held.file('to-file'))).toThrow(`ELOOP`)
  expect(() => HeldFolder.open(here.at('tree/to-folder'))).toThrow()
})
