import type { ByteStream } from '../../ports/source.ts'
import { fail } from '../../core/model/problem.ts'
import { tooLarge } from '../http/failures.ts'
import type { Answer, AskOptions, HttpClient, HttpStream } from '../http/types.ts'

/** What answers in place of a server. null: there is nothing at that address. */
export interface Shelf {
  /** For messages. */
  readonly name: string
  read(url: string): Promise<Buffer | null>
  open(url: string, offset: number): Promise<ByteStream | null>
}

/** The same questions, answered from what lies on this host. It asks nobody else, whatever it is asked for. */
export function localHttp(shelf: Shelf): HttpClient {
  const ask = async (url: string, options: AskOptions): Promise<Answer> => {
    const body = options.form === undefined ? await shelf.read(url) : null
    if (body === null) {
      if (options.passes?.includes(404)) return { status: 404, headers: {}, body: Buffer.alloc(0), shownUrl: url }
      throw absent(shelf.name, url)
    }
    if (options.bytesMax !== undefined && body.byteLength > options.bytesMax) throw tooLarge(url, options.bytesMax)
    return { status: 200, headers: {}, body, shownUrl: url }
  }
  return {
    ask,
    getJson: async (url, options) => {
      const { body } = await ask(url, options)
      return { status: 200, headers: {}, json: JSON.parse(body.toString('utf8')) }
    },
    openStream: async (url, { offset }): Promise<HttpStream> => {
      const stream = await shelf.open(url, offset)
      if (stream === null) throw absent(shelf.name, url)
      return { ...stream, status: 200, headers: {} }
    },
    close: async () => {},
  }
}

export function absent(name: string, url: string) {
  return fail('E_NOT_FOUND', `${name} does not hold ${url}`, {
    hint: 'What it was made of did not have it either. Make it anew, or ask its publisher.',
    facts: { url },
  })
}
