import { expect, test } from 'vitest'
import { isDown, isRunning, parseShow, stateText } from './show.ts'

/** Recorded from systemd 252: `systemctl show --property=… -- UNIT`. */
const running = `MainPID=129
NRestarts=0
ExecStart={ path=/usr/bin/sleep ; argv[]=/usr/bin/sleep /opt/app/x 10000 ; ignore_errors=no ; start_time=[Sat 2026-11-21 02:36:36 UTC] ; stop_time=[n/a] ; pid=129 ; code=(null) ; status=0/0 }
WorkingDirectory=!/opt/my app
User=pi
Id=dunebugger.service
TriggeredBy=
LoadState=loaded
ActiveState=active
SubState=running
Result=success
UnitFileState=static
ActiveEnterTimestampMonotonic=2659452479
NeedDaemonReload=no
`
const keepsDying = `MainPID=0
NRestarts=3
ExecStart={ path=/bin/sh ; argv[]=/bin/sh -c echo broken on purpose >&2; exit 7 ; ignore_errors=no ; start_time=[Sat 2026-11-21 02:36:36 UTC] ; stop_time=[Sat 2026-11-21 02:36:36 UTC] ; pid=130 ; code=exited ; status=7 }
WorkingDirectory=
User=
Id=looper.service
TriggeredBy=
LoadState=loaded
ActiveState=activating
SubState=auto-restart
UnitFileState=static
ActiveEnterTimestampMonotonic=2659455244
NeedDaemonReload=yes
`
const failed = `MainPID=0
NRestarts=0
Id=failer.service
LoadState=loaded
ActiveState=failed
SubState=failed
`
const oneshot = `MainPID=0
ExecStart={ path=/bin/true ; argv[]=/bin/true one ; ignore_errors=no ; start_time=[Sat 2026-11-21 02:36:36 UTC] ; stop_time=[Sat 2026-11-21 02:36:36 UTC] ; pid=132 ; code=exited ; status=0 }
ExecStart={ path=/bin/echo ; argv[]=/bin/echo two ; ignore_errors=no ; start_time=[Sat 2026-11-21 02:36:36 UTC] ; stop_time=[Sat 2026-11-21 02:36:36 UTC] ; pid=134 ; code=exited ; status=0 }
Id=once.service
LoadState=loaded
ActiveState=active
SubState=exited
`
const bySocket = `MainPID=135
Id=webby.service
TriggeredBy=webby.socket webby-admin.socket
LoadState=loaded
ActiveState=active
SubState=running
`
const masked = `MainPID=0
Id=gone.service
LoadState=masked
ActiveState=inactive
SubState=dead
UnitFileState=masked
`
const missing = masked.replaceAll('masked', 'not-found').replace('gone', 'nothere')

function only(text: string) {
  const [shown] = parseShow(text)
  if (shown === undefined) throw new Error('nothing was parsed')
  return shown
}

test('when a unit runs then its pid, user, start and paths are read', () => {
  expect(only(running)).toEqual({
    id: 'dunebugger.service',
    loadState: 'loaded',
    activeState: 'active',
    subState: 'running',
    result: 'success',
    mainPid: 129,
    restarts: 0,
    activeSinceMicros: 2659452479,
    user: 'pi',
    paths: ['/opt/my app', '/usr/bin/sleep', '/opt/app/x'],
    triggeredBy: [],
    triggers: [],
    stopTimeoutMs: null,
    unitFileState: 'static',
    needsReload: false,
  })
})

test.each([
  ['running', running, true, false, 'active'],
  ['restarting for ever', keepsDying, false, false, 'activating (auto-restart)'],
  ['failed', failed, false, true, 'failed'],
  ['a oneshot that stays', oneshot, true, false, 'active (exited)'],
  ['masked', masked, false, true, 'masked'],
  ['missing', missing, false, true, 'not-found'],
])('when a unit is %s then its state is told', (_, text, runs, down, state) => {
  const shown = only(text)
  expect([isRunning(shown), isDown(shown), stateText(shown)]).toEqual([runs, down, state])
})

test('when a unit has several programs, sockets or restarts then all are seen', () => {
  expect(only(oneshot).paths).toEqual(['/bin/true', '/bin/echo'])
  expect(only(bySocket).triggeredBy).toEqual(['webby.socket', 'webby-admin.socket'])
  expect(only(keepsDying)).toMatchObject({ restarts: 3, needsReload: true, mainPid: null, user: null })
})

test('when several units are shown at once then each is read, in order', () => {
  expect(parseShow(`${running}\n${failed}\n`).map(({ id }) => id)).toEqual(['dunebugger.service', 'failer.service'])
  expect(parseShow('\n')).toEqual([])
})

test('when a socket is handed to both slots then all that it triggers is read, and how long a unit may take to end', () => {
  const [socket, unit] = parseShow(
    'Id=crm.socket\nTriggers=crm@blue.service crm@green.service crm-queue.service\n\nId=crm@blue.service\nTimeoutStopUSec=1min 30s\n',
  )
  expect(socket?.triggers).toEqual(['crm@blue.service', 'crm@green.service', 'crm-queue.service'])
  expect(socket?.stopTimeoutMs).toBeNull()
  expect(unit).toMatchObject({ triggers: [], stopTimeoutMs: 90_000 })
})
