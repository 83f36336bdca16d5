import { useEffect, useState } from 'react'
import { de } from '../i18n/frame.de.ts'
import { en } from '../i18n/frame.en.ts'
import { Notice } from '../ui/Badge.tsx'
import { useConnection, useTexts } from './context.ts'

/** A connection that comes back at once needs no words. */
const patienceMs = 1000

/** Says calmly that what is shown may be old, and why. */
export function ConnectionNotice() {
  const t = useTexts({ en, de })
  const state = useConnection()
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (state === 'open') return undefined
    const timer = setTimeout(() => setLate(true), patienceMs)
    return () => {
      clearTimeout(timer)
      setLate(false)
    }
  }, [state])
  if (state === 'open' || !late) return null
  const restarting = state === 'restarting'
  return (
    <div className="connection">
      <Notice tone={restarting ? 'info' : 'warn'} live title={restarting ? t.restarting : t.lost}>
        <p>{restarting ? t.restartingHint : t.lostHint}</p>
      </Notice>
    </div>
  )
}
