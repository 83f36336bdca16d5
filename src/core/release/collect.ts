import { fail } from '../model/problem.ts'

/** The whole of a small text, UTF-8. E_RESPONSE_TOO_LARGE past `bytesMax`; leaving the loop ends the stream. */
export async function collectText(chunks: AsyncIterable<Uint8Array>, bytesMax: number, name: string): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) {
      throw fail('E_RESPONSE_TOO_LARGE', `${name} is larger than ${bytesMax} bytes`, {
        hint: 'It is not what its name says; look at the release.',
        facts: { name, bytesMax },
      })
    }
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
