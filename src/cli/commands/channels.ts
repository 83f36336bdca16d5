import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { channelsLines } from '../render/channels.ts'

/** `{"channels":[ChannelReport, …]}` */
export async function listChannels(context: Context): Promise<ExitCode> {
  const channels = await (await context.ports.channels(context.options)).list()
  answer(context, { channels }, (reader) => channelsLines(channels, reader))
  return 0
}

/** `{"channel":NAME,"sent":true}` */
export async function testChannel(context: Context, name: string): Promise<ExitCode> {
  const channels = await context.ports.channels(context.options)
  await channels.test(name, new AbortController().signal)
  answer(context, { channel: name, sent: true }, ({ look }) => [look.text(`${name} took the test message.`)])
  return 0
}
