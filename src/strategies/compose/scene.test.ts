import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseReference } from '../../core/image/reference.ts'
import { type Lookup, type Owner, piecesOf, textOf } from '../../host/compose/expression.ts'
import { refusal, type Scene } from './scene.ts'
import { composeStrategySchema } from './schema.ts'

const file = '/srv/docker-compose.yml'
const config = composeStrategySchema(z.never()).parse({ type: 'compose', file, service: 'web' })
const aim = parseReference('ghcr.io/example/web:1.1.0')

function refused(written: string, lookup: Lookup = () => null) {
  const scalar = { value: written, source: written, range: [0, written.length], quote: 'plain' } as const
  const owner: Owner = { path: file, place: { kind: 'yaml', service: 'web' }, scalar }
  const pieces = piecesOf(owner, lookup)
  const image = { service: 'web', reference: textOf(pieces), owner, pieces }
  if (aim === null) throw new Error('it is a reference')
  return refusal({ written: new Map([['web', image]]) } as unknown as Scene, aim, config)
}

test('when the file has another image than the source, then that is refused', () => {
  expect(refused('ghcr.io/example/web:1.0.0')).toBe(null)
  expect(refused('ghcr.io/other/web:1.0.0')).toMatchObject({ code: 'E_TARGET_FOREIGN' })
})

test('when the tag comes from a variable that no file sets, then the variable is named', () => {
  expect(refused('ghcr.io/example/web:${TAG}')).toMatchObject({
    code: 'E_COMPOSE_IMAGE',
    message: 'the version of web comes from TAG, which no file sets',
    hint: expect.stringContaining('TAG=…') as string,
  })
})
