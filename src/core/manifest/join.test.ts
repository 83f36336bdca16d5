import { expect, test } from 'vitest'
import { joinChecks } from './join.ts'

const space = (minimum_mb: number) => ({ type: 'disk_space', minimum_mb })
const health = (url: string, more: object = {}) => ({ type: 'health_endpoint', url, ...more })
const here = 'http://localhost:5000/health'

test.each([
  [[space(1000)], [space(500)], [space(1000)]],
  [[space(500)], [space(1000)], [space(500), space(1000)]],
  [[{ ...space(9000), path: '/srv' }], [space(500)], [{ ...space(9000), path: '/srv' }, space(500)]],
  [[], [space(500), space(500)], [space(500)]],
  [[health(here)], [health(here, { expected_status: 200 })], [health(here)]],
  [
    [health(here, { expected_status: [200, 503] })],
    [health(here)],
    [health(here, { expected_status: [200, 503] }), health(here)],
  ],
  [[health('http://127.0.0.1:5000/health')], [health(here)], [health('http://127.0.0.1:5000/health')]],
  [[health(here)], [health(`${here}/deep`)], [health(here), health(`${here}/deep`)]],
  [
    [{ type: 'backup_exists' }],
    [{ type: 'backup_exists', max_age_hours: 24 }],
    [{ type: 'backup_exists' }, { type: 'backup_exists', max_age_hours: 24 }],
  ],
  [
    [{ type: 'backup_exists', max_age_hours: 1 }],
    [{ type: 'backup_exists', max_age_hours: 24 }],
    [{ type: 'backup_exists', max_age_hours: 1 }],
  ],
  [
    [{ type: 'service_active', stable_seconds: 9 }],
    [{ type: 'service_active' }],
    [{ type: 'service_active', stable_seconds: 9 }],
  ],
  [
    [{ type: 'version_check', expected_version: '1' }],
    [{ type: 'version_check' }],
    [{ type: 'version_check', expected_version: '1' }, { type: 'version_check' }],
  ],
])(
  'when %j is asked and a manifest asks %j, then the own stay, and what asks for more is added',
  (own, asked, joined) => {
    expect(joinChecks(own, asked)).toEqual(joined)
  },
)
