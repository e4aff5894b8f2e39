import { asyncapi } from './asyncapi.ts'
import { HANDLERS, handlers } from './handlers.ts'
import { openapi } from './openapi.ts'
import { referencePages } from './reference/pages.ts'
import { schemas } from './schemas.ts'

/** The folder that holds only generated schemas. */
export const SCHEMAS = 'docs/schemas'

/**
 * What is generated from the source: path from the repository's root → content.
 * @param read returns the current content of a file; most pages are generated only in part
 */
export async function files(read: (path: string) => string): Promise<Map<string, string>> {
  const { version } = JSON.parse(read('package.json')) as { version: string }
  return new Map([
    ['docs/asyncapi.json', json(asyncapi(version))],
    ['docs/openapi.json', json(openapi(version))],
    [HANDLERS, handlers()],
    ...schemas().map((schema): [string, string] => [`${SCHEMAS}/${String(schema['$id'])}`, json(schema)]),
    ...(await referencePages(read)),
  ])
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
