import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react'
import type { Tone } from './Badge.tsx'
import { Notice } from './Badge.tsx'

interface Toast {
  readonly key: number
  readonly tone: Tone
  readonly text: string
}

/** Says what became of something, for a moment, without taking the focus. Never the only place where a failure is told. */
type Say = (text: string, tone?: Tone) => void

const ToastContext = createContext<Say>(() => {})
const shownMs = 6000
const toastsMax = 3

export function useToast(): Say {
  return useContext(ToastContext)
}

export function Toasts({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const next = useRef(0)
  const say = useCallback<Say>((text, tone = 'good') => {
    next.current += 1
    const key = next.current
    setToasts((now) => [...now.slice(1 - toastsMax), { key, tone, text }])
    setTimeout(() => setToasts((now) => now.filter((one) => one.key !== key)), shownMs)
  }, [])
  return (
    <ToastContext.Provider value={useMemo(() => say, [say])}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map(({ key, tone, text }) => (
          <Notice key={key} tone={tone} title={text} />
        ))}
      </div>
    </ToastContext.Provider>
  )
}
