import { expect, test } from 'vitest'
import { componentName } from '../../test/fakes/plan.ts'
import { BelayError } from '../core/model/problem.ts'
import type { ComponentSettings, Settings } from '../protocol/settings.ts'
import { nameResolver } from './names.ts'

function settings(strategies: Readonly<Record<string, Record<string, string>>>): Settings {
  const components = Object.entries(strategies).map(([name, fields]) => {
    // Nothing else of a component is asked.
    const component = { name: componentName(name), aliases: [`${name}-alias`], strategy: { type: 'x', ...fields } }
    return [component.name, component as unknown as ComponentSettings] as const
  })
  return { file: null, agent: {} as unknown as Settings['agent'], components: new Map(components) }
}

const resolve = nameResolver(
  settings({
    crm: { path: '/home/crm/crm-backend' },
    plugin: { path: '/home/crm/crm-backend/plugins/one/' },
    web: { file: '/srv/stack/compose.yaml' },
    worker: { file: '/srv/stack/compose.yaml' },
    windows: { path: 'C:\\apps\\crm' },
  }),
)

test.each([
  ['crm', 'crm'],
  ['crm-alias', 'crm'],
  ['/home/crm/crm-backend', 'crm'],
  ['/home/crm/crm-backend/', 'crm'],
  ['/home/crm/crm-backend/scripts', 'crm'],
  ['/home/crm/crm-backend/plugins/one/bin', 'plugin'],
  ['C:\\apps\\crm\\', 'windows'],
])('when %s is named then it is %s', (name, found) => {
  expect(resolve(name)).toBe(found)
})

test.each([
  ['/home/crm/crm-backend-2', 'No component is installed at /home/crm/crm-backend-2.'],
  ['/', 'No component is installed at /.'],
  ['/srv/stack', 'web and worker are installed at /srv/stack.'],
  ['crn', 'There is no component "crn".'],
])('when %s is named then nobody is guessed', (name, message) => {
  expect(() => resolve(name)).toThrow(BelayError)
  expect(() => resolve(name)).toThrow(message)
})
