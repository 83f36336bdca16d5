import { wrap } from '../terminal/width.ts'

const commentColumn = 36
const columns = 118

/** What a file says stays inside its comment. */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
}

export function line(text: string, why: string): string {
  return `${text.padEnd(commentColumn)} # ${oneLine(why)}`
}

/** A sentence as comments, one below the other. */
export function remark(text: string, indent: string): readonly string[] {
  return wrap(oneLine(text), columns, `${indent}# `)
}

/** One of several such sentences, which may begin with a name. */
export function item(text: string, indent: string): readonly string[] {
  const [first = '', ...rest] = wrap(`${oneLine(text)}.`, columns, `${indent}#   `)
  return [first.replace('#   ', '# - '), ...rest]
}

/** Plain where YAML, also in a flow list, cannot read anything else into it; else in double quotes, as JSON. */
export function scalar(text: string): string {
  const plain =
    /^[A-Za-z0-9/][A-Za-z0-9/._-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|[\d.]+|0x.*)$/i.test(text)
  return plain ? text : JSON.stringify(text)
}
