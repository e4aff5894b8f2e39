/** What a callback tells the handlers of all plugins to do, besides the callback's own fields. */
export interface Deeds {
  /** How long a handler takes, in milliseconds; with 0 it returns no promise. */
  readonly Ms: number
  /** How often it fails before it succeeds. */
  readonly Fails: number
}

/** The plugins, and which of these instructions each of them follows. */
export const PLUGINS = {
  fast: { ms: false, fails: false, ordered: false },
  slow: { ms: true, fails: false, ordered: false },
  failing: { ms: false, fails: true, ordered: false },
  ordered: { ms: true, fails: true, ordered: true },
} as const

export type PluginName = keyof typeof PLUGINS
export const NAMES = Object.keys(PLUGINS) as PluginName[]

/**
 * A plugin that records when each call begins and how it ends, in microseconds of a clock that all processes of a machine
 * share. Each line is one write, so that a crash never cuts one.
 */
function source(name: PluginName): string {
  const { ms, fails, ordered } = PLUGINS[name]
  return `
import { openSync, writeSync } from 'node:fs'
const file = openSync(new URL('./${name}.log', import.meta.url), 'a')
const write = (...words) => writeSync(file, [...words, process.hrtime.bigint() / 1000n].join(' ') + '\\n')
const started = process.hrtime.bigint() / 1000n
let calls = 0
export default {
  name: '${name}',
  handlers: {
    '*': {
      ordered: ${ordered},
      handle({ id, body, attempt }) {
        const call = process.pid + '.' + started + '.' + calls++
        write('begins', call, body.EventTime, attempt, id)
        const finish = () => {
          const fails = ${fails} && attempt <= body.Fails
          write('ends', call, fails ? 'failed' : 'ok')
          if (fails) throw new Error('not yet')
        }
        return ${ms} && body.Ms > 0 ? new Promise((resolve) => setTimeout(resolve, body.Ms)).then(finish) : finish()
      },
    },
  },
}
`
}

/** The files of the folder in which such a server starts. */
export function crashFiles(delivery: string, sdkAppId: number): Record<string, string> {
  const entries = NAMES.map((name) => `  - { use: ./${name}.mjs, retry: { attempts: 12, minMs: 5, maxMs: 200 } }`)
  const config = `
server: { port: 0, drainMs: 0 }
admin: false
apps: [{ sdkAppId: ${sdkAppId}, unsigned: true }]
delivery: ${delivery}
log: { level: info }
plugins:
${entries.join('\n')}
`
  const sources = NAMES.map((name) => [`config/${name}.mjs`, source(name)])
  return { 'config/plugins.yaml': config, ...Object.fromEntries(sources) }
}
