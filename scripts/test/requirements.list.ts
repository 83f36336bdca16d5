import type { Requirement } from './requirements.ts'

/** Every suite that needs more than the clone. A test file that is not named here must run on any machine. */
export const requirements: readonly Requirement[] = [
  {
    suite: 'crash at system calls',
    stage: 'crash',
    files: ['test/crash/syscalls*.test.ts', 'test/crash/syscalls/**'],
    commands: ['strace'],
    packages: ['strace'],
  },
  {
    suite: 'systemd device',
    stage: 'e2e',
    files: ['test/e2e/device*.test.ts', 'test/e2e/device/**'],
    commands: ['docker', 'dockerd', 'busybox', 'mmdebstrap', 'iptables'],
    root: true,
    probe: ['unshare', '--mount', 'true'],
    packages: ['docker.io', 'busybox-static', 'mmdebstrap', 'iptables'],
  },
]
