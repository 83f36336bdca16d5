import { unitCommandLine, unitQuoted } from '../../host/unit-quote.ts'
import type { ForwardFolder, Target } from '../../host/forward/target.ts'

export interface Units {
  readonly service: string
  readonly socket: string
}

export function unitsOf({ name }: Pick<ForwardFolder, 'name'>): Units {
  return { service: `belay-forward-${name}.service`, socket: `belay-forward-${name}.socket` }
}

/** systemd holds the port: connections wait in it while the forwarder is started again, and none is refused. */
export function socketText({ name }: ForwardFolder, { host, port }: Target['listen']): string {
  return [
    '# Written by belay, for traffic of the type builtin. It is removed with it.',
    '[Unit]',
    `Description=Belay: the port of ${name}`,
    '',
    '[Socket]',
    `ListenStream=${host.includes(':') ? `[${host}]` : host}:${port}`,
    // 0.0.0.0 and [::] may be two sockets of two programs.
    'BindIPv6Only=both',
    'Backlog=4096',
    'NoDelay=true',
    // A forwarder that is killed again and again must not close the port.
    'TriggerLimitIntervalSec=0',
    '',
    '[Install]',
    'WantedBy=sockets.target',
    '',
  ].join('\n')
}

/**
 * In a control group of its own, so that no restart of the agent reaches it. It is spoken to by anybody, and so it may do little:
 * root without the right to write what is not root's, and nothing of the kernel but its network.
 */
export function serviceText(folder: ForwardFolder, argv: readonly string[]): string {
  const { name } = folder
  return [
    '# Written by belay, for traffic of the type builtin. It is removed with it.',
    '[Unit]',
    `Description=Belay: forwards to the slots of ${name}`,
    `Requires=${unitsOf(folder).socket}`,
    `After=${unitsOf(folder).socket}`,
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${unitCommandLine(argv)}`,
    `WorkingDirectory=${unitQuoted(folder.dir).slice(1, -1)}`,
    'Restart=always',
    'RestartSec=100ms',
    'TimeoutStopSec=30s',
    'LimitNOFILE=65536',
    'UMask=0077',
    'NoNewPrivileges=yes',
    'CapabilityBoundingSet=CAP_DAC_READ_SEARCH',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n')
}
