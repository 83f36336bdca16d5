import { expect, test } from 'vitest'
import { relocationName, relocationText, withoutOwn } from './relocation.ts'

const dunebugger = `# /etc/systemd/system/dunebugger.service
[Unit]
Description=Dunebugger Core App
After=network.target

[Service]
Type=simple
User=pi
WorkingDirectory=/opt/dunebugger
ExecStart=/opt/dunebugger/.venv/bin/python /opt/dunebugger/app/main.py
Restart=always
Environment="PYTHONUNBUFFERED=1"
`

test('when a unit names the folder, then its drop-in empties each list and names the slot', () => {
  expect(relocationText(dunebugger, '/opt/dunebugger', '/opt/dunebugger/current')).toBe(
    [
      '# Written by belay: the service runs from the slot that is current.',
      '[Service]',
      'WorkingDirectory=/opt/dunebugger/current',
      'ExecStart=',
      'ExecStart=/opt/dunebugger/current/.venv/bin/python /opt/dunebugger/current/app/main.py',
      '',
    ].join('\n'),
  )
})

test('when a longer name only begins like the folder, then it stays', () => {
  const unit = '[Service]\nExecStart=/opt/app-data/run --in /srv/opt/app /opt/app/bin\n'
  expect(relocationText(unit, '/opt/app', '/x')).toContain('ExecStart=/opt/app-data/run --in /srv/opt/app /x/bin')
})

test('when a later file empties a list, then only what counts is written', () => {
  const unit =
    '[Service]\nExecStart=/opt/app/old\n# drop-in\n[Service]\nExecStart=\nExecStart=/opt/app/new \\\n  --flag\n'
  const text = relocationText(unit, '/opt/app', '/opt/app/current')
  expect(text).toContain('ExecStart=/opt/app/current/new  --flag')
  expect(text).not.toContain('old')
})

test('when nothing names the folder, then there is no drop-in', () => {
  expect(relocationText('[Service]\nExecStart=/usr/bin/true\n', '/opt/app', '/x')).toBeNull()
})

test('when our own drop-in is there already, then the folder is not moved twice', () => {
  const moved = relocationText(dunebugger, '/opt/dunebugger', '/opt/dunebugger/current')
  const cat = `${dunebugger}\n# /etc/systemd/system/dunebugger.service.d/${relocationName}\n${moved}`
  expect(relocationText(withoutOwn(cat), '/opt/dunebugger', '/opt/dunebugger/current')).toBe(moved)
})
