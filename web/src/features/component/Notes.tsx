import type { ComponentDetails, ReleaseNote } from '../../api/types.ts'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/component.de.ts'
import { en } from '../../i18n/component.en.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Markdown } from '../../ui/Markdown.tsx'
import { Time } from '../../ui/Time.tsx'

/** What the publisher says of everything between what is installed and what is offered. */
export function Notes({ details }: { readonly details: ComponentDetails }) {
  const t = useTexts({ en, de })
  const { component, notes, notes_problem: problem } = details
  const { installed, available, update_available: offered } = component
  if (notes.length === 0 && !offered) return null
  const title =
    offered && installed !== null && available !== null && notes.length > 1
      ? t.notesBetween(installed, available)
      : t.notesOf(available ?? notes[0]?.version ?? '')
  return (
    <section className="card">
      <div className="card-head">
        <h2>{offered ? t.notes : title}</h2>
        {offered ? <span className="faint small">{title}</span> : null}
      </div>
      {problem === null ? null : (
        <>
          <p className="faint">{problem.message}</p>
          {notes.length === 0 ? null : <p className="faint">{t.notesStale}</p>}
        </>
      )}
      {notes.length === 0 ? <p className="faint">{t.noNotesAtAll}</p> : null}
      {notes.map((note, index) => (
        <Note key={note.version} note={note} open={index === 0} alone={notes.length === 1} />
      ))}
    </section>
  )
}

function Note({ note, open, alone }: { readonly note: ReleaseNote; readonly open: boolean; readonly alone: boolean }) {
  const t = useTexts({ en, de })
  const body = (
    <div className="note-body">
      {note.notes_markdown === null || note.notes_markdown.trim() === '' ? (
        <p className="faint">{t.noNotes}</p>
      ) : (
        <Markdown text={note.notes_markdown} />
      )}
      {note.url !== null && /^https?:/.test(note.url) ? (
        <a href={note.url} target="_blank" rel="noopener noreferrer" className="small">
          {t.atPublisher} <Icon name="away" />
        </a>
      ) : null}
    </div>
  )
  if (alone) return body
  return (
    <details className="note" open={open}>
      <summary>
        <strong>{note.version}</strong>{' '}
        {note.date === null ? null : (
          <span className="faint">
            <Time at={note.date} />
          </span>
        )}
      </summary>
      {body}
    </details>
  )
}
