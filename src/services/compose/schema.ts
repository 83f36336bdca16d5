import { z } from 'zod'

const programSchema = z.strictObject({
  argv: z.tuple([z.string()], z.string()),
  version: z.string().nullable(),
  generation: z.enum(['v1', 'v2']),
})

/** Made by the strategy `compose`, never written by a person: everything that a later version needs to find the containers. */
export const composeServiceSchema = z
  .strictObject({
    type: z.literal('compose'),
    files: z.array(z.string()).min(1),
    services: z.array(z.string()).min(1),
    project: z.string(),
    profiles: z.array(z.string()),
    env_file: z.string().nullable(),
    /** As DOCKER_HOST spells it. */
    engine: z.string(),
    stop_grace_ms: z.number().nullable(),
    /** The compose program, where it is known already. */
    program: programSchema.optional(),
    /** There was no container before: what is stopped goes, since one that stays counts as installed. */
    fresh: z.boolean().optional(),
  })
  .meta({ internal: true })

export type ComposeServiceConfig = z.infer<typeof composeServiceSchema>
