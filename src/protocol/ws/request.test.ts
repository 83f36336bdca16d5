import { expect, test } from 'vitest'
import { type SocketRequest, understand } from './request.ts'

const say = (subject: string, body?: unknown, more: object = {}) =>
  understand(JSON.stringify({ subject, body, ...more }))

test.each<[string, SocketRequest, SocketRequest]>([
  [
    'the document of the component updater',
    say('updater.check_updates', { force: false }, { source: 'frontend' }),
    { kind: 'check', to: null, force: false },
  ],
  [
    'the same to perform an update',
    say('updater.perform_update', { component: 'core', dry_run: true }, { source: 'frontend' }),
    { kind: 'update', to: null, subject: 'updater.perform_update', component: 'core', dryRun: true },
  ],
  [
    'one that lacks source and dry_run',
    say('updater.perform_update', { component: 'core' }),
    { kind: 'update', to: null, subject: 'updater.perform_update', component: 'core', dryRun: false },
  ],
  ['a check without a body', say('updater.check_updates'), { kind: 'check', to: null, force: true }],
  ['a check with an empty text', say('updater.check_updates', ''), { kind: 'check', to: null, force: true }],
  [
    'a plain name, with an address for the reply',
    say('updater.update', 'dunebugger-core', { connectionId: 'c-1' }),
    { kind: 'update', to: 'c-1', subject: 'updater.update', component: 'dunebugger-core', dryRun: false },
  ],
  [
    'the browser that means all',
    say('updater.update', 'manual_confirmation', { connectionId: 'c-1' }),
    { kind: 'update-all', to: 'c-1', subject: 'updater.update' },
  ],
  [
    'a refresh',
    say('controller.system_info', 'refresh'),
    { kind: 'info', to: null, subject: 'controller.system_info' },
  ],
  ['the sign of life of a browser', say('controller.heartbeat', 'I am here'), { kind: 'alive', to: null }],
  ['an echo', say('update_result', {}, { source: 'controller' }), { kind: 'echo' }],
])('when %s speaks then it is understood', (_who, heard, meant) => {
  expect(heard).toEqual(meant)
})

test.each([
  ['text that is no JSON', '{"subject":'],
  ['an array', '[]'],
  ['null', 'null'],
  ['a number', '1e999'],
  ['a subject that is no text', '{"subject":{"toString":"x"}}'],
  ['no subject', '{"body":{}}'],
  ['an unknown subject', '{"subject":"core.reboot","body":"now"}'],
  ['the name of something that every object has', '{"subject":"constructor"}'],
  ['a bare heartbeat', '{"subject":"heartbeat"}'],
  ['an update of nothing', '{"subject":"updater.perform_update","body":{}}'],
  ['an update of a blank name', '{"subject":"updater.update","body":"  "}'],
  ['a component that is no text', '{"subject":"updater.perform_update","body":{"component":["core"]}}'],
  ['a dry run that is a word', '{"subject":"updater.perform_update","body":{"component":"core","dry_run":"true"}}'],
  ['what only the prototype says', '{"subject":"updater.perform_update","body":{"__proto__":{"component":"core"}}}'],
  ['a check that is forced by a word', '{"subject":"updater.check_updates","body":{"force":"yes"}}'],
  ['a subject that is too long', JSON.stringify({ subject: 'x'.repeat(201) })],
  ['a name that is too long', JSON.stringify({ subject: 'updater.update', body: 'x'.repeat(201) })],
  ['a dry run of all', '{"subject":"updater.update","body":{"component":"manual_confirmation","dry_run":true}}'],
])('when %s comes then it is bad, and nothing else', (_what, text) => {
  expect(understand(text)).toMatchObject({ kind: 'bad', why: expect.stringMatching(/\.$/) })
})

test('when arrays lie in one another as deep as a message may be then that is only bad', () => {
  expect(understand('['.repeat(64 * 1024))).toMatchObject({ kind: 'bad' })
  const deep = `{"subject":"updater.check_updates","body":{"force":true,"x":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`
  expect(understand(deep)).toEqual({ kind: 'check', to: null, force: true })
})
