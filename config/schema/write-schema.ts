import { writeFileSync } from 'node:fs'
import { configJsonSchema } from './json-schema.ts'

// Run from the repository's root, by `npm run schema`.
writeFileSync('config/plugins.schema.json', `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
