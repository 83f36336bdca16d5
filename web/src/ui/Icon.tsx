/** Drawn here: no font and no picture has to be loaded. 16 units square. */
const paths = {
  good: 'M3 8.5l3.5 3.5L13 4.5',
  bad: 'M4 4l8 8M12 4l-8 8',
  warn: 'M8 2.5l6.2 11H1.8zM8 6.5v3.2M8 11.6v.4',
  busy: 'M8 2a6 6 0 1 0 6 6',
  info: 'M8 7.2V12M8 4.4v.4M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8z',
  back: 'M6 4L2.5 7.5 6 11M2.5 7.5h7a3.5 3.5 0 0 1 0 7H7',
  wait: 'M8 4.5V8l2.3 1.8M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8z',
  skip: 'M3 8h10',
  pending: 'M8 3.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z',
  close: 'M4 4l8 8M12 4l-8 8',
  menu: 'M2 4h12M2 8h12M2 12h12',
  next: 'M6 3.5L10.5 8 6 12.5',
  link: 'M6.5 9.5l3-3M7 4.5l1-1a3 3 0 0 1 4.3 4.3l-1 1M9 11.5l-1 1a3 3 0 0 1-4.3-4.3l1-1',
  away: 'M6 3H3v10h10v-3M9 3h4v4M13 3L7.5 8.5',
} as const

export type IconName = keyof typeof paths

/** Never alone: words beside it say what it means. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      className={`icon icon-${name}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      focusable="false"
    >
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
