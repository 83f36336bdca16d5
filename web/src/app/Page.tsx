import { type ReactNode, useEffect } from 'react'
import { useSession } from './session.ts'

interface PageProps {
  readonly title: string
  /** Above the title: where this belongs. */
  readonly above?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** The frame of one view: its heading, its title in the browser. */
export function Page({ title, above, actions, children }: PageProps) {
  const host = useSession()?.host
  useEffect(() => {
    document.title = [title, host, 'Belay'].filter((part) => part !== undefined).join(' · ')
  }, [title, host])
  return (
    <div className="view">
      <div className="view-head">
        <div>
          {above === undefined ? null : <p className="view-above">{above}</p>}
          <h1>{title}</h1>
        </div>
        {actions === undefined ? null : <div className="view-actions">{actions}</div>}
      </div>
      {children}
    </div>
  )
}
