import type { ButtonHTMLAttributes, ReactNode } from 'react'

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'style'> {
  /** One `primary` in sight at most; `danger` for what cannot be taken back. */
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger'
  /** What it does is under way: pressing it again does nothing. */
  readonly busy?: boolean
  readonly small?: boolean
  readonly children: ReactNode
}

export function Button(props: ButtonProps) {
  const { kind = 'plain', busy = false, disabled = false, small = false, children, onClick, ...rest } = props
  return (
    <button
      type="button"
      {...rest}
      className={`button button-${kind}${small ? ' button-small' : ''}`}
      aria-busy={busy}
      // Not the attribute `disabled`: the focus would be lost.
      aria-disabled={busy || disabled}
      onClick={busy || disabled ? (event) => event.preventDefault() : onClick}
    >
      {children}
    </button>
  )
}
