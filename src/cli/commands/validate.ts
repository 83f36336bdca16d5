import { BelayError, type Problem } from '../../core/model/problem.ts'
import type { Settings } from '../../protocol/settings.ts'
import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'

/** `{"valid":true,"file","components":[name, …]}` or `{"valid":false,"errors":[line, …],"error":{…}}`. */
export async function validate(context: Context): Promise<ExitCode> {
  let settings: Settings
  try {
    settings = await context.ports.loadSettings(context.options)
  } catch (error) {
    if (!(error instanceof BelayError) || error.problem.code !== 'E_CONFIG_INVALID') throw error
    const { code, message, hint } = error.problem
    const errors = errorsOf(error.problem)
    if (context.json) answer(context, { valid: false, errors, error: { code, message, hint } }, () => [])
    else context.complain.lines.print(errors.map((line) => context.complain.reader().look.text(line)))
    return 2
  }
  const names = [...settings.components.keys()]
  answer(context, { valid: true, file: settings.file, components: names }, () => [
    `${settings.file ?? 'The config'} is valid: ${names.length} component${names.length === 1 ? '' : 's'}.`,
  ])
  return 0
}

/** One error per line, as the loader lists them; its message where it lists none. */
function errorsOf(problem: Problem): readonly string[] {
  const listed = problem.facts['errors']
  return Array.isArray(listed) && listed.length > 0 ? listed.map(String) : problem.message.split('\n')
}
