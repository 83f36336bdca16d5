import type { Deployment } from '../../src/core/detect/deployment.ts'

/** An unprivileged LXC container with one application. */
export function detected(more: Partial<Deployment> = {}): Deployment {
  return {
    kind: 'lxc',
    systemd: true,
    unprivileged: true,
    system: null,
    containerId: null,
    wsl: null,
    development: null,
    evidence: [],
    conflicts: [],
    unreadable: [],
    privileges: {
      uid: 0,
      root: true,
      sudo: null,
      engines: [],
      systemd: { system: 'reachable', user: 'absent' },
      noNewPrivileges: false,
      readOnly: [],
    },
    proxies: [],
    applications: [
      {
        path: '/srv/shop',
        evidence: [],
        unit: 'shop.service',
        running: true,
        git: true,
        compose: null,
        writable: true,
        parentWritable: true,
      },
    ],
    strategy: { type: 'directory', layout: 'in-place', service: 'systemd', why: 'system-container' },
    fits: [],
    limits: [],
    ...more,
  }
}
