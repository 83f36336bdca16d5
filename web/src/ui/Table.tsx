import type { ReactNode } from 'react'

export interface Column<T> {
  readonly key: string
  /** Also the label of the cell where the row is a card. Empty: a column of buttons. */
  readonly title: string
  readonly align?: 'end'
  readonly cell: (row: T) => ReactNode
}

interface TableProps<T> {
  /** What the table lists; read out, not shown. */
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string
  /** The column that names the row. The first one when absent. */
  readonly heading?: string
}

/** A table where there is room, a card per row where there is not. Roles are said aloud: cards are no tables to a browser. */
export function Table<T>({ label, columns, rows, keyOf, heading = columns[0]?.key }: TableProps<T>) {
  return (
    <table className="table" role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ key, title, align }) => (
            <th key={key} role="columnheader" scope="col" className={align === 'end' ? 'end' : undefined}>
              {title === '' ? <span className="visually-hidden">·</span> : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map(({ key, title, align, cell }) => (
              <td
                key={key}
                role={key === heading ? 'rowheader' : 'cell'}
                data-label={title}
                className={`${key === heading ? 'heading' : ''}${align === 'end' ? ' end' : ''}`}
              >
                <div className="cell">{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
