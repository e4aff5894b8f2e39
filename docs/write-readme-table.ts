import { readFileSync, writeFileSync } from 'node:fs'
import { withTable } from './readme-section.ts'
import { table } from './readme-table.ts'

// Run from the repository's root, by `npm run docs`.
for (const [file, language] of [
  ['README.md', 'en'],
  ['README.zh.md', 'zh'],
] as const) {
  writeFileSync(file, withTable(readFileSync(file, 'utf8'), table(language)))
}
