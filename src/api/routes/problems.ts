import { z } from 'zod'
import { problemCodes } from '../../core/model/codes.ts'
import { fail } from '../../core/model/problem.ts'
import { messagesIn } from '../../protocol/messages/render.ts'
import { type Route, route } from '../route.ts'

export const problemRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/docs/problems/{code}',
    scope: 'public',
    summary: 'What a code of a problem means, for people: where the `type` of every problem document leads.',
    params: z.object({ code: z.string().max(64) }),
    answer: null,
    async handle({ params }, { head }) {
      const code = problemCodes.find((one) => one === params.code)
      if (code === undefined) throw fail('E_NOT_FOUND', 'There is no problem with this code.')
      const language = /^de\b/i.test(head.headers.get('accept-language') ?? '') ? 'de' : 'en'
      const { title, hint } = messagesIn(language)[code]
      return new Response(pageOf(language, code, [title, hint]), {
        headers: { 'content-type': 'text/html; charset=utf-8' },
      })
    },
  }),
]

/** Texts of belay alone: nothing that came from outside is in it. */
function pageOf(language: string, code: string, paragraphs: readonly string[]): string {
  const body = paragraphs.map((text) => `<p>${escaped(text)}</p>`).join('\n')
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${code}</title>
<h1>${code}</h1>
${body}
</html>
`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
