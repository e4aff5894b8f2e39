import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { files, SCHEMAS } from './files.ts'
import { CALLBACK_PAGES } from './reference/pages.ts'

// Run from the repository's root, by `npm run docs`.
const contents = await files((path) => readFileSync(path, 'utf8'))
// Removes the files of callbacks that no longer exist.
for (const folder of [SCHEMAS, ...CALLBACK_PAGES]) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
}
for (const [path, content] of contents) writeFileSync(path, content)
