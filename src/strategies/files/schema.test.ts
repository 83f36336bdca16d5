import { expect, test } from 'vitest'
import { filesSchema } from './schema.ts'
import { anyService } from './testing.ts'

const schema = filesSchema(anyService)
const config = (more: object) => ({ type: 'files', path: '/srv/app', ...more })

test('when only the path is written, then the rest is the careful choice', () => {
  expect(schema.parse(config({}))).toEqual({
    type: 'files',
    path: '/srv/app',
    protect: [],
    local_edits: 'keep',
    symlinks: 'inside',
    line_endings: 'auto',
    optional: [],
    prepare: [],
    prepared: ['.venv', 'venv', 'node_modules'],
    migrate: [],
    service: { type: 'none' },
  })
})

test.each([
  { path: 'srv/app' },
  { protect: ['../x'] },
  { protect: ['/etc/passwd'] },
  { protect: [''] },
  { local_edits: 'merge' },
  { symlinks: 'all' },
  { line_endings: 'cr' },
  { preserve: ['x'] },
  { helper: [] },
])('when it says %j, then it is refused', (more) => {
  expect(schema.safeParse(config(more)).success).toBe(false)
})
