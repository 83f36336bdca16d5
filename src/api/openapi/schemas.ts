import { z } from 'zod'
import { checkReportSchema } from '../../protocol/api/checks.ts'
import { componentSchema } from '../../protocol/api/components.ts'
import { failureSchema } from '../../protocol/api/failure.ts'
import { planViewSchema } from '../../protocol/api/plan.ts'
import { policySchema } from '../../protocol/api/policy.ts'
import { problemDocumentSchema } from '../../protocol/api/problem.ts'
import { backupItemSchema, notificationSchema } from '../../protocol/api/records.ts'
import {
  hintSchema,
  historyItemSchema,
  runItemSchema,
  runProgressSchema,
  runReportSchema,
  runStepSchema,
  runViewSchema,
  startedSchema,
} from '../../protocol/api/runs.ts'
import type { Route } from '../route.ts'

/** What several answers have in common, under the name that a generated client gives it. */
const named: Readonly<Record<string, z.ZodType>> = {
  Problem: problemDocumentSchema,
  Failure: failureSchema,
  Component: componentSchema,
  CheckReport: checkReportSchema,
  Policy: policySchema,
  Plan: planViewSchema,
  Run: runViewSchema,
  RunStep: runStepSchema,
  RunItem: runItemSchema,
  RunReport: runReportSchema,
  HistoryItem: historyItemSchema,
  RunProgress: runProgressSchema,
  Started: startedSchema,
  Hint: hintSchema,
  Backup: backupItemSchema,
  Notification: notificationSchema,
}

export type JsonSchema = z.core.JSONSchema.BaseSchema

export interface Schemas {
  /** Every schema by its name, as `components.schemas` holds them. */
  readonly all: Readonly<Record<string, JsonSchema>>
  /** A reference to an answer, or to a named schema. */
  answer(schema: z.ZodType): { readonly $ref: string }
  body(schema: z.ZodType): { readonly $ref: string }
}

const place = (id: string) => `#/components/schemas/${id}`

/** What the routes take and answer, each written once. Takes a while: done at the first request for it. */
export function schemasOf(routes: readonly (Route & { readonly operationId: string })[]): Schemas {
  const answers = new Map(Object.entries(named).map(([id, schema]) => [schema, id]))
  const bodies = new Map<z.ZodType, string>()
  for (const { operationId, answer, body } of routes) {
    if (answer !== null && !answers.has(answer)) answers.set(answer, `${operationId}Answer`)
    if (body !== undefined && !bodies.has(body)) bodies.set(body, `${operationId}Body`)
  }
  return {
    all: { ...written(answers, 'output'), ...written(bodies, 'input') },
    answer: (schema) => ({ $ref: place(answers.get(schema) ?? '') }),
    body: (schema) => ({ $ref: place(bodies.get(schema) ?? '') }),
  }
}

function written(ids: ReadonlyMap<z.ZodType, string>, io: 'input' | 'output'): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of ids) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: place,
    unrepresentable: 'any',
    override: io === 'input' ? plain : growing,
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => {
      const { $id: _, $schema: __, ...rest } = schema
      return [id, rest]
    }),
  )
}

/** That we do not change a list that we made is nobody else's business. */
function plain({ jsonSchema }: { readonly jsonSchema: JsonSchema }): void {
  Reflect.deleteProperty(jsonSchema, 'readOnly')
}

/** A client that refuses keys it does not know would break with the next version. */
function growing(about: { readonly jsonSchema: JsonSchema }): void {
  plain(about)
  if (about.jsonSchema.additionalProperties === false) Reflect.deleteProperty(about.jsonSchema, 'additionalProperties')
}

/** Parameters of an address, as OpenAPI has them: one by one. */
export function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): readonly object[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: plain,
  })
  return Object.entries(properties).map(([name, about]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: about,
  }))
}
