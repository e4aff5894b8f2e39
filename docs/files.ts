import { asyncapi } from './asyncapi.ts'
import { openapi } from './openapi.ts'
import { withTable } from './readme-section.ts'
import { table } from './readme-table.ts'
import { schemas } from './schemas.ts'

/** The folder that holds generated files and no others. */
export const SCHEMAS = 'docs/schemas'

/**
 * What is generated from the table of callbacks: path from the repository's root → content.
 * @param read gives the content of a file as it is; only a part of the READMEs is generated
 */
export function files(read: (path: string) => string): Map<string, string> {
  const { version } = JSON.parse(read('package.json')) as { version: string }
  return new Map([
    ['README.md', withTable(read('README.md'), table('en'))],
    ['README.zh.md', withTable(read('README.zh.md'), table('zh'))],
    ['docs/asyncapi.json', json(asyncapi(version))],
    ['docs/openapi.json', json(openapi(version))],
    ...schemas().map((schema): [string, string] => [`${SCHEMAS}/${String(schema['$id'])}`, json(schema)]),
  ])
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
