import createDOMPurify from 'dompurify'
import { Marked } from 'marked'
import { useMemo } from 'react'
import { withoutTags } from './tags.ts'

const charactersMax = 50_000

/** What notes are made of; everything else loses its tags and keeps its words. Pictures would tell strangers who reads. */
const allowedTags =
  'a p br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote code pre strong em del table thead tbody tr th td'.split(' ')

export function MarkdownText({ text }: { readonly text: string }) {
  const html = useMemo(() => sanitised(text), [text])
  // oxlint-disable-next-line react/no-danger -- it comes out of DOMPurify
  return <div className="markdown" dangerouslySetInnerHTML={{ __html: html }} />
}

function sanitised(text: string): string {
  const marked = new Marked({ gfm: true, breaks: true, renderer: { html: ({ text }) => withoutTags(text) } })
  const purify = createDOMPurify(window)
  purify.addHook('afterSanitizeAttributes', (node) => {
    if (node.nodeName !== 'A') return
    node.setAttribute('rel', 'noopener noreferrer')
    node.setAttribute('target', '_blank')
  })
  return purify.sanitize(marked.parse(text.slice(0, charactersMax), { async: false }), {
    ALLOWED_TAGS: allowedTags,
    ALLOWED_ATTR: ['href', 'title'],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
    ALLOW_DATA_ATTR: false,
  })
}
