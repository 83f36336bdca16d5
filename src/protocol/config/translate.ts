import type { z } from 'zod'
import { nearest } from '../../core/model/nearest.ts'
import { secretHint } from '../secret.ts'
import { type Finding, found, type Path, quoted, valueAt } from './finding.ts'
import { aboutOf, knownKeys, membersOf, schemaAt, unwrap } from './shape.ts'
import { unknownKeys } from './unknown-keys.ts'

type Issue = z.core.$ZodIssue

/** What an issue is about: the schema that was asked and the whole value that it was asked about. */
interface Asked {
  readonly schema: z.core.$ZodType
  readonly value: unknown
}

/** A value as the schema gives it, or everything that is wrong with it, in words. */
export function checked<T>(
  schema: z.ZodType<T>,
  value: unknown,
): { readonly value: T } | { readonly wrong: readonly Finding[] } {
  // Compiling a schema pays off after some thousand values; a config is read once.
  const result = schema.safeParse(value, { jitless: true })
  const unknown = unknownKeys(schema, value)
  if (result.success) return unknown.length === 0 ? { value: result.data } : { wrong: unknown }
  const wrong = [...unknown, ...result.error.issues.flatMap((issue) => translate(issue, { schema, value }))]
  if (wrong.length > 0) return { wrong }
  return {
    wrong: [
      { path: [], at: 'value', message: `this does not fit: ${result.error.issues[0]?.message ?? 'unknown reason'}` },
    ],
  }
}

/** What is wrong with a value. Empty: nothing is. */
export function findings(schema: z.ZodType, value: unknown): readonly Finding[] {
  const result = checked(schema, value)
  return 'wrong' in result ? result.wrong : []
}

function translate(issue: Issue, asked: Asked): readonly Finding[] {
  const path = plain(issue.path)
  const value = valueAt(asked.value, path)
  const at = (message: string): readonly Finding[] => [{ path, at: 'value', message }]
  switch (issue.code) {
    case 'unrecognized_keys':
      return []
    case 'invalid_type':
      if (value === undefined) return missing(path, asked)
      return at(isOwn(issue.message) ? `${issue.message}${shown(path, value)}` : wrongType(issue.expected, value))
    case 'invalid_value':
      return value === undefined ? missing(path, asked) : at(notOneOf(issue.values.map(String), value))
    case 'invalid_union':
      return value === undefined ? missing(path, asked) : union(issue, path, asked)
    case 'invalid_key':
      return [{ path, at: 'key', message: issue.issues[0]?.message ?? issue.message }]
    case 'custom':
      return custom(issue, path, value)
    case 'too_small':
      return at(tooSmall(issue, value))
    case 'too_big':
      return at(tooBig(issue, value))
    case 'invalid_format':
      return at(`${formatMessage(issue)}${shown(path, value)}`)
    case 'not_multiple_of':
    case 'invalid_element':
      return at(`${issue.message}${shown(path, value)}`)
  }
}

/** Zod's own words begin so; a schema's author begins with what to write. */
function isOwn(message: string): boolean {
  return !message.startsWith('Invalid ')
}

function formatMessage({ format, message }: z.core.$ZodIssueInvalidStringFormat): string {
  if (isOwn(message)) return message
  return format === 'url' ? 'write a whole address, beginning with https://' : message.replace(/^Invalid string: /, '')
}

function plain(path: readonly PropertyKey[]): Path {
  return path.map((key) => (typeof key === 'number' ? key : String(key)))
}

/** Told where the missing key would stand: at what should hold it. */
function missing(path: Path, { schema, value }: Asked): readonly Finding[] {
  const key = path.at(-1)
  const name = typeof key === 'number' ? 'an entry' : key
  return [
    { path: path.slice(0, -1), at: 'key', message: `${name} is missing${aboutOf(schemaAt(schema, path, value))}` },
  ]
}

const expectedWords: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
}

function wrongType(expected: string, value: unknown): string {
  const text = `expected ${expectedWords[expected] ?? expected}, found ${found(value)}`
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return `${text}. Put it in quotes`
  if ((expected === 'array' || expected === 'tuple') && typeof value === 'string') return `${text}. ${asList(value)}`
  const isNumber = expected === 'number' || expected === 'int'
  if (isNumber && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return `${text}. Leave the quotes out`
  return text
}

/** A command in one string is the most frequent case: its words are the entries. */
function asList(text: string): string {
  return `Write a list: [ ${text.trim().split(/\s+/).map(quoted).join(', ')} ]`
}

function notOneOf(known: readonly string[], value: unknown): string {
  if (known.length === 1) return `expected ${known[0]}, found ${found(value)}`
  const meant = typeof value === 'string' ? nearest(value.slice(0, 64), known) : null
  const list = known.join(', ')
  return `${found(value)} is not known here. ${meant === null ? `Write one of ${list}` : `Did you mean ${meant}? (${list})`}`
}

function tooSmall({ origin, minimum }: z.core.$ZodIssueTooSmall, value: unknown): string {
  const counted = origin !== 'number' && origin !== 'int'
  if (counted && Number(minimum) === 1) return 'this must not be empty'
  return counted ? `at least ${minimum} ${countedAs(origin)}` : `must be at least ${minimum}, found ${found(value)}`
}

function tooBig({ origin, maximum }: z.core.$ZodIssueTooBig, value: unknown): string {
  const counted = origin !== 'number' && origin !== 'int'
  return counted ? `at most ${maximum} ${countedAs(origin)}` : `must be at most ${maximum}, found ${found(value)}`
}

function countedAs(origin: string): string {
  return origin === 'string' ? 'characters' : 'entries'
}

/** `at` says that the message is finished: it comes from a schema inside of this one. */
function custom(issue: z.core.$ZodIssueCustom, path: Path, value: unknown): readonly Finding[] {
  const at = issue.params?.['at']
  if (at === 'key' || at === 'value') return [{ path, at, message: issue.message }]
  return [{ path, at: 'value', message: `${issue.message}${shown(path, value)}` }]
}

/** ` (found "x")`, except where the value may be a secret in the wrong place. */
function shown(path: Path, value: unknown): string {
  if (/token|password|secret|key/i.test(String(path.at(-1)))) return ''
  return typeof value === 'string' || typeof value === 'number' ? ` (found ${quoted(String(value))})` : ''
}

/** The member of the union that the value comes closest to speaks for all; when it is none, all are named. */
function union(issue: z.core.$ZodIssueInvalidUnion, path: Path, asked: Asked): readonly Finding[] {
  const right = issue.errors.filter((errors) => !errors.some((error) => error.path.length === 0 && isWrongKind(error)))
  const nearestErrors = right.toSorted((a, b) => weight(a) - weight(b))[0]
  if (nearestErrors !== undefined) {
    return nearestErrors.flatMap((error) => translate({ ...error, path: [...issue.path, ...error.path] }, asked))
  }
  const value = valueAt(asked.value, path)
  const forms = (membersOf(schemaAt(asked.schema, path, asked.value) ?? asked.schema) ?? []).map(formOf)
  const secret = forms.join() === '{ env: … },{ file: … }'
  const message = secret ? secretHint : `expected ${forms.join(' or ')}, found ${found(value)}`
  return [{ path, at: 'value', message }]
}

function isWrongKind(error: Issue): boolean {
  return error.code === 'invalid_type' || error.code === 'invalid_value'
}

function weight(errors: readonly Issue[]): number {
  return errors.reduce((sum, error) => sum + (error.code === 'unrecognized_keys' ? error.keys.length : 1), 0)
}

function formOf(member: z.core.$ZodType): string {
  const bare = unwrap(member, undefined)
  const keys = knownKeys(bare)
  if (keys !== null) return `{ ${keys.map((key) => `${key}: …`).join(', ')} }`
  const type = bare._zod.def.type
  return expectedWords[type] ?? aboutOf(bare).replace(/^ \((.*)\)$|^: /, '$1') ?? type
}
