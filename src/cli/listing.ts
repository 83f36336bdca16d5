import type { Command } from 'commander'
import { nearest } from '../core/model/nearest.ts'
import { usage } from './names.ts'

/** A group of commands that lists when no other is named: a misspelt one must not pass for an argument of the list. */
export function listing(group: Command): Command {
  return group.helpCommand(false).hook('preSubcommand', (_, chosen) => {
    const flag = group.args.findIndex((word) => word.startsWith('-'))
    const words = flag === -1 ? group.args : group.args.slice(0, flag)
    const [first] = words
    if (first === undefined || first === chosen.name() || words.length <= chosen.registeredArguments.length) return
    const meant = nearest(
      first,
      group.commands.map((command) => command.name()),
    )
    const guess = meant === null ? '' : ` Did you mean ${meant}?`
    throw usage(`unknown command '${group.name()} ${first}'.${guess}`, `See belay ${group.name()} --help.`)
  })
}
