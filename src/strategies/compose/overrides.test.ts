import { expect, test } from 'vitest'
import type { Container } from '../../host/containers/types.ts'
import { overrideWarnings } from './overrides.ts'
import { z } from 'zod'
import { composeStrategySchema } from './schema.ts'

const config = composeStrategySchema(z.never()).parse({
  type: 'compose',
  file: '/srv/docker-compose.yml',
  service: 'web',
})
const of = (workingDir: string | null, ...configFiles: readonly string[]) =>
  [{ configFiles, workingDir }] as unknown as readonly Container[]

test('when what runs was brought up with an override that is not named then it is told, whole paths or not', () => {
  const said = [expect.stringContaining('/srv/docker-compose.override.yml')]
  expect(overrideWarnings(of('/srv', 'docker-compose.yml', 'docker-compose.override.yml'), config)).toEqual(said)
  expect(overrideWarnings(of(null, '/srv/docker-compose.yml', '/srv/docker-compose.override.yml'), config)).toEqual(
    said,
  )
})

test('when the files are the same, or not known, or of another place altogether, then nothing is said', () => {
  expect(overrideWarnings(of('/srv', 'docker-compose.yml'), config)).toEqual([])
  expect(overrideWarnings(of('/srv'), config)).toEqual([])
  expect(overrideWarnings(of('/old', 'docker-compose.yml', 'more.yml'), config)).toEqual([])
})
