import { expect, test } from 'vitest'
import { hostDocument } from './document.ts'

const evidence = { finding: 'vm', file: '/proc/cpuinfo', value: 'hypervisor' }

test('when the agent says what the host is then each finding comes with its evidence, the default strategy first', () => {
  const host = hostDocument({
    message: 'This is a virtual machine.',
    kind: 'vm',
    systemd: true,
    system: null,
    evidence: [evidence, { finding: 'systemd', program: 'systemctl', value: 'running' }],
    conflicts: [{ claim: 'docker', evidence: [evidence], against: [evidence] }],
    unreadable: [{ what: '/proc/1/environ', errno: 'EACCES' }],
    strategy: { type: 'directory', layout: 'slots', service: 'systemd', why: 'own-machine', message: 'Because.' },
    fits: [{ type: 'git', why: 'git-here', message: 'Git.' }],
    limits: [{ code: 'git-absent', path: '/srv', message: 'No git.', hint: 'Install git.' }],
    applications: [{ path: '/opt/app', running: true, evidence: [evidence] }],
  })
  expect(host?.evidence.map(({ place }) => place)).toEqual(['/proc/cpuinfo', 'systemctl'])
  expect(host?.strategies.map(({ name }) => name)).toEqual(['directory · slots · systemd', 'git'])
  expect(host?.unreadable).toEqual(['/proc/1/environ (EACCES)'])
  expect(host?.limits[0]).toMatchObject({ hint: 'Install git.', facts: { path: '/srv' } })
})

test('when an agent of another version says it otherwise then what is not understood is left out', () => {
  expect(hostDocument(null)).toBeNull()
  expect(hostDocument({ kind: 7, evidence: 'none', limits: [3, null], strategy: [] })).toMatchObject({
    kind: '',
    evidence: [],
    limits: [],
    strategies: [],
  })
})
