import { expect, test } from 'vitest'
import { fixture, proposedOn } from '../../../../test/fakes/init.ts'

const appliance = {
  '/opt/whisper-appliance/whisper-appliance_version.txt': fixture('whisper/whisper-appliance_version.txt'),
  '/opt/whisper-appliance/VERSION': fixture('whisper/VERSION'),
  '/opt/whisper-appliance/maintenance_config.json': fixture('whisper/maintenance_config.json'),
  '/opt/whisper-appliance/docker-compose.yml': fixture('compose/whisper/docker-compose.yml'),
  '/opt/whisper-appliance/src/main.py': '',
  '/opt/whisper-appliance/ssl/whisper-appliance.key': 'PRIVATE',
  '/opt/whisper-appliance/data/chat.db': '',
  '/opt/whisper-appliance/.git/HEAD': 'ref: refs/heads/main\n',
  '/opt/whisper-appliance/.git/config':
    '[remote "origin"]\n\turl = https://ghp_hunter2@github.com/mioxoim/whisper-appliance.git\n',
  '/etc/systemd/system/whisper-appliance.service': fixture('whisper/whisper-appliance.service'),
}

test.each([[['/opt/whisper-appliance']], [['whisper-appliance']], [['whisper-appliance', '/opt/whisper-appliance']]])(
  'when the appliance is named as %j, then checkout, unit, certificates and data are one component',
  async (from) => {
    const { config, text } = await proposedOn(appliance, from)
    expect(Object.keys(config.components)).toStrictEqual(['whisper'])
    expect(config.components['whisper']).toMatchObject({
      source: { type: 'git', url: 'https://github.com/mioxoim/whisper-appliance.git', ref: 'main' },
      strategy: {
        type: 'git',
        path: '/opt/whisper-appliance',
        user: 'whisper',
        service: { type: 'systemd', unit: 'whisper-appliance' },
      },
      aliases: ['whisper-appliance'],
      data: [
        { type: 'path', path: '/opt/whisper-appliance/ssl' },
        { type: 'path', path: '/opt/whisper-appliance/data' },
      ],
    })
    expect(text).not.toMatch(/hunter2|PRIVATE/)
  },
)

test.each([
  [
    '{"enabled_at": "2025-07-05T10:00:00", "auto_mode": true, "pid": 4711}',
    'since 2025-07-05T10:00:00, and its process 4711 is gone: an update of it was cut off',
  ],
  ['{"enabled_at": "x", "pid": 1}', 'and a process 1 is there: see whether that one is its updater at work'],
  ['', 'and it names no process'],
])('W8: when %j was left as mark of maintenance, then that is told with what to do', async (mark, said) => {
  const files = { ...appliance, '/opt/whisper-appliance/.maintenance_mode': mark, '/proc/1/stat': '' }
  const { comments, notes } = await proposedOn(files, ['/opt/whisper-appliance'])
  expect(comments).toContain('/opt/whisper-appliance/.maintenance_mode is there')
  expect(comments).toContain(said)
  expect(notes.join('\n')).toContain('.maintenance_mode')
})

test('when there is no such mark, then nothing is told of it', async () => {
  expect((await proposedOn(appliance, ['/opt/whisper-appliance'])).text).not.toContain('maintenance_mode')
})

test('when its compose file is in the folder, then the service that is built here is left out with the reason', async () => {
  expect((await proposedOn(appliance, ['/opt/whisper-appliance'])).comments).toContain('it is built on this host')
})
