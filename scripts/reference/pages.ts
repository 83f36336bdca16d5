import { commandPages } from './commands.ts'
import { configPages } from './config.ts'
import type { ReferencePage } from './page.ts'
import { problemPages } from './problems.ts'

/** All that docs/reference holds. */
export async function referencePages(): Promise<readonly ReferencePage[]> {
  return [...commandPages(), ...(await configPages()), ...problemPages()]
}
