import { type ReactNode, type SubmitEvent, useId } from 'react'
import { useTexts } from '../app/context.ts'
import { de } from '../i18n/frame.de.ts'
import { en } from '../i18n/frame.en.ts'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { Problem } from './Problem.tsx'

interface FormDialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly description?: ReactNode
  /** Says what will happen. */
  readonly action: string
  readonly danger?: boolean
  /** What it does is under way. */
  readonly busy: boolean
  /** Something has to be chosen first. */
  readonly incomplete?: boolean
  readonly error: unknown
  readonly onSubmit: () => void
  readonly children?: ReactNode
}

/** Something is filled in or confirmed, and done; a failure is told where it was asked for. */
export function FormDialog(props: FormDialogProps) {
  const t = useTexts({ en, de })
  const id = useId()
  const { busy, error, danger = false, incomplete = false } = props
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (!busy && !incomplete) props.onSubmit()
  }
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={props.title}
      description={props.description}
      actions={
        <>
          <Button onClick={props.onClose}>{t.cancel}</Button>
          <Button type="submit" form={id} kind={danger ? 'danger' : 'primary'} busy={busy} disabled={incomplete}>
            {props.action}
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={submit} className="form">
        {props.children}
        {error === null ? null : <Problem error={error} />}
      </form>
    </Dialog>
  )
}
