import { checkValue } from '../../../config/check/check.ts'
import { formatPath } from '../../../config/faults.ts'
import { appSettings } from '../../host/app-settings.ts'
import { optionsOf } from '../../host/command-spec.ts'
import { TimeoutError, withTimeout } from '../../lib/timeout.ts'
import { CommandError, type PluginCommand, type ViewRows } from '../../plugin-api/plugin-command.ts'
import { readOnly } from '../../store/read-only.ts'
import type { View } from '../api-types.ts'
import { Parameters } from '../request/parameters.ts'
import { ApiFault, type Route } from '../request/route.ts'
import type { ApiDeps } from './deps.ts'
import { pluginOf } from './pause.ts'

const LIMIT_MS = 5000
const MAX_ROWS = 1000

/** `GET /api/plugins/{id}/view/{command}`: the table that a plugin's command with `view: true` prints. */
export function viewRoute(deps: ApiDeps): Route {
  return {
    method: 'GET',
    path: '/api/plugins/{id}/view/{command}',
    async handle({ params, query }): Promise<View> {
      const id = pluginOf(deps, params)
      const { config, plugins } = deps.facts.running()
      const loaded = plugins.find((plugin) => plugin.id === id)
      const commands = loaded?.plugin.commands ?? {}
      const { command: name = '' } = params
      const command = Object.hasOwn(commands, name) ? commands[name] : undefined
      if (command?.view !== true)
        throw new ApiFault(404, `plugin ${id} has no view ${JSON.stringify(name.slice(0, 128))}`)
      const given = givenFor(command, query)
      const ending = new AbortController()
      let printed = ''
      const store = readOnly(await deps.facts.store(id))
      const run = async (): Promise<ViewRows | void> =>
        command.run({
          given,
          options: loaded?.options,
          store,
          apps: appSettings(config.apps),
          rest: () => {
            throw new CommandError('a view reads its store: it has no REST API here')
          },
          json: true,
          print: (_, text) => void (printed += text),
          table: (rows) => JSON.stringify(rows),
          signal: ending.signal,
        })
      try {
        const rows = await withTimeout(run(), LIMIT_MS)
        return rows ? tableOf(rows) : { text: printed }
      } catch (error) {
        // An error from a thread, or from another copy of timhook, has another class.
        if (isCommandError(error)) throw new ApiFault(400, error.message, error.code)
        if (!(error instanceof TimeoutError)) throw error
        throw new ApiFault(503, `view ${name} of plugin ${id} did not end within ${LIMIT_MS / 1000} s`)
      } finally {
        ending.abort(new Error('the view has ended'))
      }
    },
  }
}

function isCommandError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && error.code === 'COMMAND_FAILED'
}

/** The options of the command, from the parameters of the URL. */
function givenFor(command: PluginCommand, query: URLSearchParams): unknown {
  const parameters = new Parameters(query)
  const given = Object.entries(optionsOf(command)).flatMap(([key, { type }]): [string, unknown][] => {
    const text = parameters.text(key, { longest: 1000 })
    if (text === undefined) return type === 'boolean' ? [[key, false]] : []
    if (type === 'boolean') return [[key, text === 'true' || text === '1']]
    return [[key, type === 'number' || type === 'integer' ? Number(text) : text]]
  })
  parameters.end()
  const checked = checkValue(command.options ?? { type: 'object', properties: {} }, Object.fromEntries(given))
  const [fault] = checked.faults
  if (fault) throw new ApiFault(400, `${formatPath(fault.path)}: ${fault.message}`)
  return checked.value
}

function tableOf(rows: ViewRows): View {
  const shown = rows.slice(0, MAX_ROWS)
  const columns = [...new Set(shown.flatMap((row) => Object.keys(row)))]
  return { columns, rows: shown.map((row) => columns.map((column) => textOf(row[column]))) }
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`
}
