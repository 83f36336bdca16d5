import { lazy, Suspense } from 'react'

/** Loaded when there is something to show. */
const Text = lazy(async () => ({ default: (await import('./markdown-text.tsx')).MarkdownText }))

/** Markdown of strangers: what a release says of itself. */
export function Markdown({ text }: { readonly text: string }) {
  return (
    <Suspense fallback={<pre className="markdown-plain">{text}</pre>}>
      <Text text={text} />
    </Suspense>
  )
}
