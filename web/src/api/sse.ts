/** One event of a stream of server-sent events (HTML standard, §9.2). */
export interface ServerEvent {
  readonly event: string
  readonly data: string
  /** The last id that was seen, also when this event brought none. */
  readonly id: string | null
}

/** A longer event is none of ours. */
const eventCharactersMax = 4 * 1024 * 1024

/** The events of a body. Ends with it; rejects when the connection breaks. `alive`: something came, if only a comment. */
export async function* serverEvents(
  body: ReadableStream<Uint8Array>,
  alive: () => void = () => {},
): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  let id: string | null = null
  for await (const bytes of body) {
    alive()
    rest += decoder.decode(bytes, { stream: true })
    const blocks = rest.split(/\r\n\r\n|\n\n|\r\r/)
    rest = blocks.pop() ?? ''
    if (rest.length > eventCharactersMax) throw new Error('an event is too long')
    for (const block of blocks) {
      const found = parseBlock(block)
      id = found.id ?? id
      if (found.data !== null) yield { event: found.event, data: found.data, id }
    }
  }
}

function parseBlock(block: string): { event: string; data: string | null; id: string | null } {
  const data: string[] = []
  let event = 'message'
  let id: string | null = null
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
    if (name === 'data') data.push(value)
    else if (name === 'event') event = value
    else if (name === 'id') id = value
  }
  return { event, data: data.length === 0 ? null : data.join('\n'), id }
}
