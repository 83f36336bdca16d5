import { Dialog as Primitive } from 'radix-ui'
import { type ReactNode, useRef } from 'react'
import { useTexts } from '../app/context.ts'
import { de } from '../i18n/frame.de.ts'
import { en } from '../i18n/frame.en.ts'
import { Icon } from './Icon.tsx'

interface DialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  /** One sentence below the title. */
  readonly description?: ReactNode
  readonly children: ReactNode
  /** Buttons, the one that goes on last. */
  readonly actions?: ReactNode
}

/** Holds the focus, closes by Escape, gives the focus back. */
export function Dialog({ open, onClose, title, description, children, actions }: DialogProps) {
  const t = useTexts({ en, de })
  const openedFrom = useRef<Element | null>(null)
  return (
    <Primitive.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Primitive.Portal>
        {/* Not the primitive's own overlay: that writes a style element, which the content policy forbids. */}
        <div className="dialog-veil" />
        <Primitive.Content
          className="dialog"
          // The first thing to be read is the title, not how to close it.
          tabIndex={-1}
          onOpenAutoFocus={(event) => {
            event.preventDefault()
            openedFrom.current = document.activeElement
            if (event.target instanceof HTMLElement) event.target.focus()
          }}
          // The primitive gives the focus back to its own trigger alone, and there is none.
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            if (openedFrom.current instanceof HTMLElement) openedFrom.current.focus()
          }}
          // Without a description the primitive wants to be told that there is none.
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <header className="dialog-head">
            <Primitive.Title className="dialog-title">{title}</Primitive.Title>
            <Primitive.Close className="button button-quiet button-icon" aria-label={t.close}>
              <Icon name="close" />
            </Primitive.Close>
          </header>
          {description === undefined ? null : (
            <Primitive.Description className="dialog-description">{description}</Primitive.Description>
          )}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- long ones are scrolled, by keyboard too */}
          <div className="dialog-body" tabIndex={0}>
            {children}
          </div>
          {actions === undefined ? null : <footer className="dialog-actions">{actions}</footer>}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
