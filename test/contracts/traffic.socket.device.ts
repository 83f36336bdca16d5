// Runs the contract of traffic, and what else two slots on one socket must do, against the real systemd of the device that it is
// started in, as root, with Node alone:
//   node test/contracts/traffic.socket.device.ts
// Writes one JSON line per case, {name, error}, and ends with code 1 when one failed.
import { socketCases } from './traffic.socket.cases.ts'
import { install, subject } from './traffic.socket.world.ts'

await install()
for (const { name, check } of socketCases) {
  const made = await subject()
  const error = await check(made).then(
    () => null,
    (thrown: unknown) => String(thrown instanceof Error ? thrown.stack : thrown),
  )
  await made.dispose()
  process.stdout.write(`${JSON.stringify({ name, error })}\n`)
  if (error !== null) process.exitCode = 1
}
