import type { ManifestTools } from '../../ports/manifest-tools.ts'
import { generateManifest } from './generate.ts'
import { validateManifest } from './validate.ts'

export const manifestTools: ManifestTools = { generate: generateManifest, validate: validateManifest }
