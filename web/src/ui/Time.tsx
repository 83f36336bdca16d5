import { useEffect, useState } from 'react'
import { useApp } from '../app/context.ts'
import { formatAgo, formatBytes, formatDuration, formatExact } from './format.ts'

const tickMs = 15_000

/** Now, in milliseconds; a new one now and then. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMs)
    return () => clearInterval(timer)
  }, [])
  return now
}

/** An ISO 8601 time as a person says it, with the exact one on hover. */
export function Time({ at }: { readonly at: string }) {
  const { language } = useApp()
  const now = useNow()
  const ms = Date.parse(at)
  if (Number.isNaN(ms)) return <span>{at}</span>
  return (
    <time dateTime={at} title={formatExact(ms, language)}>
      {/* What happened since the last tick is no future. */}
      {formatAgo(ms, ms > now && ms - now < 2 * tickMs ? ms : now, language)}
    </time>
  )
}

/** An ISO 8601 time, exact. */
export function ExactTime({ at }: { readonly at: string }) {
  const { language } = useApp()
  return <time dateTime={at}>{formatExact(Date.parse(at), language)}</time>
}

export function Bytes({ bytes }: { readonly bytes: number }) {
  return <span className="number">{formatBytes(bytes, useApp().language)}</span>
}

export function Duration({ ms }: { readonly ms: number }) {
  return <span className="number">{formatDuration(ms, useApp().language)}</span>
}
