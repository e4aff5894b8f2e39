import { type DeadFilter, type DeadLetter, oldestFirst } from '../../delivery/history.ts'
import { BATCH } from '../../delivery/wait-for-answer.ts'
import type { Counts, DeadLetterPage } from '../api-types.ts'
import { reasonOf } from '../reason.ts'
import { Members, Parameters } from '../request/parameters.ts'
import { ApiFault, type Route } from '../request/route.ts'
import { carryOut } from './carry-out.ts'
import type { ApiDeps } from './deps.ts'
import { COMMAND, PLUGIN, present } from './events.ts'

const LISTED = 50
const MAX_LISTED = 200
const MAX_REFS = 1000
const REF = /^[\w.:|@+=~-]{1,200}$/
const CHANGES = ['retry', 'drop'] as const

/** `GET /api/dead-letters`, and `POST /api/dead-letters/retry` and `/drop`. */
export function deadLetterRoutes(deps: ApiDeps): Route[] {
  const list: Route = {
    method: 'GET',
    path: '/api/dead-letters',
    async handle({ query }): Promise<DeadLetterPage> {
      const parameters = new Parameters(query)
      const filter = present({
        plugin: parameters.text('plugin', { pattern: PLUGIN }),
        command: parameters.text('command', { pattern: COMMAND }),
        before: parameters.text('before', { pattern: REF }),
      })
      const limit = parameters.integer('limit', { least: 1, most: MAX_LISTED }) ?? LISTED
      parameters.end()
      const [letters, { groups }] = await Promise.all([
        deps.reads.deadLetters({ ...filter, limit }),
        deps.reads.deadLetterCounts(),
      ])
      return { letters, groups, end: letters.length < limit }
    },
  }
  const changes = CHANGES.map((kind): Route => ({
    method: 'POST',
    path: `/api/dead-letters/${kind}`,
    async handle({ body, peer }): Promise<Counts> {
      const refs = await refsOf(deps, body)
      const counts = await carryOut(deps.reads, refs, (batch) => ({ kind, refs: batch }))
      deps.facts.log.info({ ...counts, peer }, `${kind} of ${refs.length} dead letters, asked for by ${peer}`)
      return counts
    },
  }))
  return [list, ...changes]
}

async function refsOf(deps: ApiDeps, body: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const members = new Members(body, ['refs', 'plugin', 'command', 'reason', 'all', 'count'])
  if (members.has('refs')) {
    const refs = new Members(body, ['refs']).texts('refs', MAX_REFS)
    const wrong = refs.find((ref) => !REF.test(ref))
    if (wrong !== undefined)
      throw new ApiFault(400, 'refs: expected refs of dead letters, as /api/dead-letters has them')
    const found = oldestFirst(await deps.reads.deadLetters({ refs, limit: refs.length })).map(({ ref }) => ref)
    // Includes those that were not found: they count as gone.
    return [...new Set([...found, ...refs])]
  }
  members.mustBeTrue('all')
  const command = members.optionalText('command', 128)
  if (command !== undefined && !COMMAND.test(command))
    throw new ApiFault(400, 'command: expected a command, or a pattern such as Group.*')
  const filter = { plugin: members.text('plugin', 128), ...(command !== undefined && { command }) }
  const found = await matching(deps, filter, members.optionalText('reason', 1000))
  const count = members.integer('count')
  if (found.length !== count) {
    throw new ApiFault(409, `count: there are ${found.length} now, not ${count}; nothing was done`)
  }
  return found
}

/** The refs of all dead letters that match, oldest first. Reads them now, since earlier counts may have changed. */
async function matching({ reads }: ApiDeps, filter: DeadFilter, reason: string | undefined): Promise<string[]> {
  const letters: DeadLetter[] = []
  for (let before: string | undefined; ;) {
    const page = await reads.deadLetters({ ...filter, limit: BATCH, ...(before !== undefined && { before }) })
    letters.push(...page.filter(({ error }) => reason === undefined || reasonOf(error) === reason))
    if (page.length < BATCH) return oldestFirst(letters).map(({ ref }) => ref)
    before = page.at(-1)?.ref
  }
}
