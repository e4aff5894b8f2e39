import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { files, SCHEMAS } from './files.ts'

// Run from the repository's root, by `npm run docs`.
const contents = files((path) => readFileSync(path, 'utf8'))
// Schemas of callbacks that are gone must not stay behind.
rmSync(SCHEMAS, { recursive: true, force: true })
mkdirSync(SCHEMAS, { recursive: true })
for (const [path, content] of contents) writeFileSync(path, content)
