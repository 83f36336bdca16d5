import { expect, test } from 'vitest'
import { unitCommandLine } from '../../host/unit-quote.ts'
import { dropInText, resumeUnitText } from './unit-text.ts'

test.each([
  [['/opt/belay', 'resume', '--boot'], '"/opt/belay" "resume" "--boot"'],
  [['/opt/my belay', 'a b'], '"/opt/my belay" "a b"'],
  [['/b', '100%', '%n'], '"/b" "100%%" "%%n"'],
  [['/b', '$HOME', '${X}', 'a$$'], '"/b" "$$HOME" "$${X}" "a$$$$"'],
  [['/opt/$dollar/b'], '"/opt/$dollar/b"'],
  [['/b', 'say "hi"', 'back\\slash'], '"/b" "say \\"hi\\"" "back\\\\slash"'],
  [['/b', 'two\nlines', ''], '"/b" "two\\x0alines" ""'],
])('when a command is %j then systemd reads it back as it is', (argv, line) => {
  expect(unitCommandLine(argv)).toBe(line)
})

test('when the resume unit is written then a run that went back lets services start, and it runs at every boot', () => {
  const text = resumeUnitText(
    { argv: ['/b', 'resume'], environment: { BELAY_STATE: '/var/lib/my belay' } },
    'multi-user.target',
  )
  const lines = text.split('\n')
  expect(lines).toContain('Type=oneshot')
  expect(lines).toContain('RemainAfterExit=yes')
  expect(lines).toContain('SuccessExitStatus=3')
  expect(lines).toContain('ExecStart="/b" "resume"')
  expect(lines).toContain('Environment="BELAY_STATE=/var/lib/my belay"')
  expect(lines).toContain('WantedBy=multi-user.target')
  expect(text).not.toMatch(/^Before=|^DefaultDependencies/m)
})

test('when the drop-in is written then the unit waits for the resume and needs it', () => {
  expect(dropInText('Requires')).toContain('\nAfter=belay-resume.service\nRequires=belay-resume.service\n')
})
