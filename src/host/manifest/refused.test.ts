import { describe, expect, test } from 'vitest'
import type { ManifestComponent } from '../../core/manifest/facts.ts'
import { coreComponent, coreRelease, schedulerComponent, schedulerRelease } from '../../core/manifest/testing.ts'
import { judgeManifestBytes } from './judge.ts'

/** Everything that a manifest may not say, with the words that a person reads. */

const head = 'version: "1.2.0"\ncomponent_type: python_app\n'
const containerHead = 'version: "1.1.0"\ncomponent_type: container\n'

function core(text: string, component: Partial<ManifestComponent> = {}): readonly string[] {
  const verdict = judgeManifestBytes(Buffer.from(text), 'm.yaml', coreRelease, { ...coreComponent, ...component })
  return verdict.kind === 'refused' ? verdict.reasons : []
}

function scheduler(text: string): readonly string[] {
  const verdict = judgeManifestBytes(Buffer.from(text), 'm.yaml', schedulerRelease, schedulerComponent)
  return verdict.kind === 'refused' ? verdict.reasons : []
}

const step = (fields: string) => `${head}update_steps:\n  - { ${fields} }\n`
const check = (fields: string) => `${head}post_update_checks:\n  - { ${fields} }\n`
const containerStep = (fields: string) => `${containerHead}update_steps:\n  - { ${fields} }\n`

describe('what it is', () => {
  test.each([
    ['[]', 'm.yaml:1:1: expected a map of keys, found a list'],
    ['', 'm.yaml:1:1: expected a map of keys, found nothing'],
    ['null', 'm.yaml:1:1: expected a map of keys, found nothing'],
    ['"text"', 'm.yaml:1:1: expected a map of keys, found text "text"'],
    ['7', 'm.yaml:1:1: expected a map of keys, found the number 7'],
  ])('D17: when it is %j, then that is told, and nothing fails on it', (text, reason) => {
    expect(core(text)).toEqual([reason])
  })

  test.each([
    [`${head}version: "1.2.0"\n`, 'm.yaml:3:1: this key is here twice. Keep one of the two'],
    [`${head}update_steps: &a [*a]\n`, 'm.yaml:3:19: *a stands in &a itself'],
    [`x: &a {}\ny: *a\n`, 'm.yaml:1:1: this uses too many aliases'],
    [`${head}update_steps: *none\n`, 'm.yaml:3:15: there is no anchor &none'],
    [`${head}__proto__: { version: "9" }\n`, 'm.yaml:3:1 __proto__: this name cannot be a key'],
    [`${head}a: { constructor: 1 }\n`, 'm.yaml:3:6 a.constructor: this name cannot be a key'],
    [`${head}update_steps: ${'['.repeat(30)}${']'.repeat(30)}\n`, 'this is nested too deeply'],
    [`${head}update_steps: ${'['.repeat(900)}\n`, 'this is nested too deeply'],
    [`${head}update_steps: ${'['.repeat(1001)}\n`, 'm.yaml:1:1: there are more than 1000 brackets in this'],
    [`${head}description: "${'x'.repeat(70_000)}"\n`, 'm.yaml:1:1: this is larger than 65536 bytes'],
    ['version: !!js/function "x"\ncomponent_type: python_app\n', 'm.yaml:1:10: this is not YAML'],
    [`${head}---\n${head}`, 'm.yaml:3:1: a second document begins here (---). Keep one'],
    [
      'version: 1.2\ncomponent_type: python_app\n',
      'm.yaml:1:10 version: expected text, found the number 1.2. Put it in quotes',
    ],
    [`${head}post_checks: []\n`, 'm.yaml:3:1 post_checks: unknown key. Write post_update_checks'],
    [`${head}update_step: []\n`, 'm.yaml:3:1 update_step: unknown key. Did you mean update_steps?'],
  ])('when the text is %j, then it is refused', (text, reason) => {
    expect(core(text).join('\n')).toContain(reason)
  })

  test('when it is no UTF-8, then it is refused', () => {
    const bytes = Buffer.concat([Buffer.from(head), Buffer.from([0x23, 0xff, 0xfe])])
    expect(judgeManifestBytes(bytes, 'm.yaml', coreRelease, coreComponent)).toEqual({
      kind: 'refused',
      reasons: ['m.yaml:1:1: this is not UTF-8 text'],
    })
  })

  test('when it is JSON, indented with tabs, then it is read, and places are those of the file', () => {
    const text = '{\n\t"version": "1.2.0",\n\t"component_type": "python_app",\n\t"colour": 1\n}\n'
    const verdict = judgeManifestBytes(Buffer.from(text), 'update-manifest.json', coreRelease, coreComponent)
    expect(verdict).toMatchObject({
      reasons: [expect.stringMatching(/^update-manifest\.json:4:2 colour: unknown key/)],
    })
  })

  test('when a key is twice in JSON, then it is refused', () => {
    const text = '{"version":"1.2.0","component_type":"python_app","version":"1.1.0"}'
    const verdict = judgeManifestBytes(Buffer.from(text), 'update-manifest.json', coreRelease, coreComponent)
    expect(verdict).toMatchObject({
      reasons: ['update-manifest.json:1:50: this key is here twice. Keep one of the two'],
    })
  })

  test('when all of it is wrong, then twenty reasons are told, and how many more there are', () => {
    const text = `${head}update_steps: [${'1, '.repeat(40)}]\n`
    expect(core(text)).toHaveLength(21)
    expect(core(text).at(-1)).toBe('and 20 more')
  })
})

describe('whose it is', () => {
  test.each([
    ['version: "1.1.0"\ncomponent_type: python_app\n', 'version: is of 1.1.0, but this release is 1.2.0'],
    ['version: "1.2.0"\ncomponent_type: container\n', 'component_type: is container, but core is updated by its files'],
    [`${head}component: scheduler\n`, 'component: is a manifest of scheduler, not of core or dunebugger-core'],
    [`${head}component: "core scheduler"\n`, 'component: is a manifest of core scheduler, not of core'],
    [`${head}component: "co.e"\n`, 'component: is a manifest of co.e, not of core'],
    [
      'version: "1.2.0; rm -rf /"\ncomponent_type: python_app\n',
      'a version has letters, digits, dots, +, - and _ alone',
    ],
    ['version: "../1.2.0"\ncomponent_type: python_app\n', 'a version has letters, digits, dots, +, - and _ alone'],
    [`${head}min_remote_version: ">=1"\n`, 'min_remote_version: a version has letters'],
  ])('D16: when it says %j, then it is refused', (text, reason) => {
    expect(core(text).join('\n')).toContain(reason)
  })

  test('when it needs a remote, and this host has none, then it is refused', () => {
    const text = `${head}min_remote_version: "1.0.0"\n`
    expect(core(text)).toEqual([])
    expect(core(text, { remote: null })).toEqual([
      'm.yaml:3:21 min_remote_version: asks for remote 1.0.0 or later, and this host has no component of that name. Add it, or its name under aliases',
    ])
  })
})

describe('programs and blanks', () => {
  test.each([
    [step('action: exec, command: reboot'), 'update_steps[0].action: action "exec" would run a program'],
    [step('action: shell'), 'action "shell" would run a program'],
    [
      step('action: stop_service, service_name: dunebugger, command: [rm, -rf, /]'),
      'update_steps[0].command: command would run a program',
    ],
    [check('type: command, command: [id]'), 'post_update_checks[0].type: type "command" would run a program'],
    [step('action: helth'), 'text "helth" is not known here. Write one of backup_compose'],
    [step('action: stop_servce, service_name: dunebugger'), 'Did you mean stop_service?'],
    [step('service_name: dunebugger'), 'update_steps[0]: action is missing: one of backup_compose'],
    [
      `${head}rollback_steps:\n  - { action: download_artifact, url: "https://x" }\n`,
      'is not known here. Write one of restore_compose',
    ],
  ])('D19: when it asks for what there is not, %j, then that is told before anything begins', (text, reason) => {
    expect(core(text).join('\n')).toContain(reason)
  })

  test.each([
    ['RELEASE_VERSION', '"RELEASE_VERSION" was never filled in'],
    ['/opt/dunebugger/<VERSION>/x', '"<VERSION>" was never filled in'],
    ['/opt/dunebugger/core/${VERSION}', '"${VERSION}" was never filled in'],
    ['/opt/dunebugger/core/{{ version }}', '"{{ version }}" was never filled in'],
    ['/opt/dunebugger/core/$VERSION', '"$VERSION" was never filled in'],
    ['/opt/dunebugger/core/DUNEBUGGER_REMOTE_VERSION_HERE', '"DUNEBUGGER_REMOTE_VERSION_HERE" was never filled in'],
    ['/opt/dunebugger/core/CHANGEME', '"CHANGEME" was never filled in'],
  ])('D25: when %j was left standing, then it is refused', (text, reason) => {
    expect(core(step(`action: run_migrations, script: '${text}'`)).join('\n')).toContain(reason)
  })

  test('when TIMESTAMP stands in the name of a backup, then that is no blank', () => {
    const text =
      'action: backup_installation, source: /opt/dunebugger/core, destination: /opt/dunebugger/backups/core.TIMESTAMP.tar.gz'
    expect(core(step(text))).toEqual([])
  })
})

describe('what is not its own', () => {
  test.each([
    ['action: stop_service, service_name: sshd', '"sshd" is not a service of core: write dunebugger'],
    ['action: start_service, service_name: nginx.service', '"nginx.service" is not a service of core'],
    ['action: backup_installation, source: /etc, destination: /opt/dunebugger/backups/x', '/etc lies outside of core'],
    [
      'action: backup_installation, source: /opt/dunebugger/core, destination: /etc/cron.d/x',
      '/etc/cron.d/x lies outside of core: its folders are /opt/dunebugger/backups, /opt/dunebugger/core',
    ],
    [
      'action: backup_installation, source: /opt/dunebugger/core, destination: /opt/dunebugger/backups/../../x',
      'is no place that can be told',
    ],
    [
      'action: backup_installation, source: /opt/dunebugger/core, destination: /opt/dunebugger/backups2/x',
      '/opt/dunebugger/backups2/x lies outside of core',
    ],
    ['action: extract_artifact, archive: dunebugger-1.2.0.tar.gz, destination: /', '/ lies outside of core'],
    [
      'action: extract_artifact, archive: dunebugger-1.2.0.tar.gz, destination: /opt/dunebugger/core/app',
      'the whole of /opt/dunebugger/core is what is updated',
    ],
    [
      'action: extract_artifact, archive: other.tar.gz, destination: /opt/dunebugger/core',
      'this release installs dunebugger-1.2.0.tar.gz',
    ],
    [
      'action: download_artifact, url: "https://evil.example/dunebugger-1.2.0.tar.gz"',
      'downloads from evil.example, but this release is at github.com',
    ],
    [
      'action: download_artifact, url: "https://github.com/x/other.tar.gz"',
      'names the file other.tar.gz, but this release installs dunebugger-1.2.0.tar.gz',
    ],
    ['action: download_artifact, url: "file:///etc/passwd"', 'write a whole address'],
    ['action: run_migrations, script: /opt/other/migrate.sh', '/opt/other/migrate.sh lies outside of core'],
    [
      'action: run_migrations, script: /opt/dunebugger/core/scripts/evil.sh',
      'add to the strategy of core: migrate: [ [ scripts/evil.sh ] ]',
    ],
    ['action: install_requirements, requirements_file: /opt/dunebugger/core/dev.txt', 'pip, install, -r, dev.txt ] ]'],
    [
      'action: update_compose, service: core, image_tag: "1"',
      'is a step for containers, but core is updated by its files',
    ],
  ])('D16: when a step is { %s }, then it is refused', (fields, reason) => {
    expect(core(step(fields)).join('\n')).toContain(reason)
  })

  test('when what this host does not run is optional, then it is shown as skipped, with the line that would run it', () => {
    const text = step('action: run_migrations, script: /opt/dunebugger/core/scripts/other.sh, optional: true')
    expect(judgeManifestBytes(Buffer.from(text), 'm.yaml', coreRelease, coreComponent)).toMatchObject({
      steps: [{ done: 'skipped: it is optional, and this host has no migrate: [ [ scripts/other.sh ] ]' }],
      notes: [expect.stringContaining('scripts/other.sh is skipped')],
    })
  })

  test.each([
    ['type: service_active, service_name: sshd', '"sshd" is not a service of core'],
    ['type: container_running, container_name: db', 'core has no container'],
    [
      'type: health_endpoint, url: "http://169.254.169.254/latest/"',
      'is no address of core: name it on this host, checks: { after: [ { type: health_endpoint, url: "http://169.254.169.254/latest/" } ] }',
    ],
    ['type: health_endpoint, url: "http://localhost:5001/health"', 'is no address of core'],
    [
      'type: health_endpoint, url: "http://localhost:5000/health", expected_status: 204',
      'expects 204, but this host expects 200',
    ],
    ['type: health_endpoint, url: "http://localhost:5000/health", timeout_seconds: 86400', 'must be at most 3600'],
    ['type: tcp_port, port: 22', '22 is no port of core'],
    ['type: version_check, expected_version: "1.1.0"', 'expects 1.1.0, but this release is 1.2.0'],
    ['type: disk_space, minimum_mb: -1', 'must be at least 0'],
    ['type: disk_space, minimum_mb: .inf', 'minimum_mb'],
  ])('when a check is { %s }, then it is refused', (fields, reason) => {
    expect(core(check(fields)).join('\n')).toContain(reason)
  })

  test.each([
    ['action: update_compose, service: db, image_tag: "1.1.0"', '"db" is not a service of scheduler: write scheduler'],
    [
      'action: update_compose, service: scheduler, image_tag: latest',
      'names the tag latest, but this release is 1.1.0',
    ],
    [
      'action: pull_image, image: "ghcr.io/evil/dunebugger-scheduler:1.1.0"',
      'is not the image of scheduler: write ghcr.io/marco-svitol/dunebugger-scheduler',
    ],
    ['action: pull_image, image: "ghcr.io/marco-svitol/dunebugger-scheduler:1.0.0"', 'names the tag 1.0.0'],
    ['action: pull_image, image: "ghcr.io/marco-svitol/dunebugger-scheduler"', 'names no tag'],
    ['action: restart_service, service: nats-server', '"nats-server" is not a service of scheduler'],
    ['action: stop_service, service_name: scheduler', 'is a step for files, but scheduler is updated by its image'],
  ])('when a step of a container is { %s }, then it is refused', (fields, reason) => {
    expect(scheduler(containerStep(fields)).join('\n')).toContain(reason)
  })

  test('when a way back names another backup, then it is refused; that of this run needs no name', () => {
    const back = (fields: string) => `${head}rollback_steps:\n  - { action: restore_backup, ${fields} }\n`
    expect(core(back('source: /home/eve/backup.tar.gz, destination: /opt/dunebugger/core')).join()).toContain(
      'lies outside of core',
    )
    for (const source of ['source: latest_backup, ', ''])
      expect(core(back(`${source}destination: /opt/dunebugger/core`))).toEqual([])
  })
})

describe('the order', () => {
  const steps = (...actions: string[]) => `${head}update_steps:\n${actions.map((one) => `  - ${one}\n`).join('')}`
  const stop = '{ action: stop_service, service_name: dunebugger }'
  const start = '{ action: start_service, service_name: dunebugger }'
  const migrate = '{ action: run_migrations, script: scripts/migrate.sh }'
  const extract = '{ action: extract_artifact, archive: dunebugger-1.2.0.tar.gz, destination: /opt/dunebugger/core }'

  test.each([
    [steps(start, stop), 'start_service comes before stop_service'],
    [steps(migrate, stop, start), 'run_migrations comes before stop_service'],
    [steps(stop, start, migrate), 'start_service comes before run_migrations'],
    [steps(stop, migrate, extract, start), 'run_migrations comes before extract_artifact'],
    [steps(stop, extract), 'stop_service has no start_service after it'],
    [steps(stop, stop, start), 'stop_service is here twice'],
  ])('when it is another than that of the built-in procedure, then that is a contradiction', (text, reason) => {
    expect(core(text).join('\n')).toContain(reason)
  })

  test('when it is the same, then it is taken', () => {
    expect(core(steps(stop, extract, migrate, start))).toEqual([])
  })
})
