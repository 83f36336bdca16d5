import type { ReactNode } from 'react'
import { Icon, type IconName } from './Icon.tsx'

/** The four semantic colours, and none. */
export type Tone = 'good' | 'info' | 'warn' | 'bad' | 'plain'

const icons: Readonly<Record<Tone, IconName>> = { good: 'good', info: 'info', warn: 'warn', bad: 'bad', plain: 'skip' }

interface BadgeProps {
  readonly tone: Tone
  /** Instead of the one of the tone. */
  readonly icon?: IconName
  readonly children: ReactNode
}

/** A state in a word, with its icon: colour alone says nothing. */
export function Badge({ tone, icon, children }: BadgeProps) {
  return (
    <span className={`badge tone-${tone}`}>
      <Icon name={icon ?? icons[tone]} />
      <span>{children}</span>
    </span>
  )
}

interface NoticeProps {
  readonly tone: Tone
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly actions?: ReactNode
  /** Read out when it appears. */
  readonly live?: boolean
}

/** Something that a person should know here, in a sentence. */
export function Notice({ tone, title, children, actions, live = false }: NoticeProps) {
  return (
    <div className={`notice tone-${tone}`} {...(live ? { role: tone === 'bad' ? 'alert' : 'status' } : {})}>
      <Icon name={icons[tone]} />
      <div className="notice-words">
        <p className="notice-title">{title}</p>
        {children}
      </div>
      {actions === undefined ? null : <div className="notice-actions">{actions}</div>}
    </div>
  )
}
