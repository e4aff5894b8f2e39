import { APP, TOKEN } from '../load/callbacks.ts'

/** Plugins of the soak that record what they have handled, each in its own file. */
export const NAMES = ['steady', 'fails', 'stalls', 'holds'] as const
export type PluginName = (typeof NAMES)[number]

/** What the handler of each does before it has handled callback `n`. */
const BEHAVIOURS: Record<PluginName, string> = {
  steady: '',
  // One in ten fails up to three times.
  fails: `if (n % 10 === 0 && attempt <= 1 + (n % 3)) throw new Error('not yet')`,
  // Some block the event loop, and some never settle, so the timeout has to end them.
  stalls: `
    if (n % 997 === 0 && attempt === 1) for (const until = Date.now() + 150; Date.now() < until; );
    if (n % 499 === 1 && attempt === 1) await new Promise(() => undefined)
    if (n % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 5))`,
  holds: `
    if (n % 1500 === 0 && !rested.has(n)) {
      rested.add(n)
      throw new RetryAfter(400, 'has to rest', { plugin: true })
    }`,
}

/** One write per line, so that a crash never cuts one. */
function after(name: PluginName): string {
  return `
import { openSync, writeSync } from 'node:fs'
import { RetryAfter } from '${import.meta.resolve('../../core/plugin.js')}'
const file = openSync(new URL('./${name}.log', import.meta.url), 'a')
const rested = new Set()
export default {
  name: '${name}',
  options: { type: 'object', properties: { round: { type: 'integer' } } },
  handlers: {
    '*': {
      phase: 'after',
      timeoutMs: 500,
      async handle({ body, attempt }) {
        const n = body.SoakNumber
        ${BEHAVIOURS[name]}
        writeSync(file, n + ' ' + process.pid + ' ' + Date.now() + '\\n')
      },
    },
  },
}
`
}

const MODERATES = `
export default {
  name: 'moderates',
  handlers: {
    '*': {
      phase: 'before',
      handle({ body, allow, reject }) {
        const n = body.SoakNumber
        if (n % 101 === 0) return new Promise(() => undefined)
        if (n % 53 === 0) throw new Error('cannot decide')
        return n % 5 === 0 && reject ? reject() : allow()
      },
    },
  },
}
`

/** Added and removed by reloads. */
const VISITOR = `export default { name: 'visitor', handlers: { 'Group.*': () => undefined } }\n`

export const plugins: Readonly<Record<string, string>> = {
  ...Object.fromEntries(NAMES.map((name) => [`config/${name}.mjs`, after(name)])),
  'config/moderates.mjs': MODERATES,
  'config/visitor.mjs': VISITOR,
}

export interface ConfigOptions {
  /** The section `delivery`, without its braces. */
  readonly delivery: string
  /** How long callbacks are recognised and kept, seconds: shorter than a quarter, so that memory and store level off. */
  readonly keepSeconds: number
  /** An option of the plugin `fails`. */
  readonly round: number
  /** Whether the plugin `visitor` is in the config. */
  readonly hasVisitor: boolean
}

/** The config of the server, which reloads change. */
export function configOf({ delivery, keepSeconds, round, hasVisitor }: ConfigOptions): string {
  const keep = `resendWindow: ${keepSeconds}s, retention: { age: ${keepSeconds}s }`
  const retry = 'retry: { attempts: 12, minMs: 20, maxMs: 500 }'
  // A reload closes a changed plugin once its calls have ended, and some of `stalls` never do.
  const optionsOf = (name: PluginName): string => `{ round: ${name === 'fails' ? round : 0} }`
  const entries = NAMES.map((name) => `  - { use: ./${name}.mjs, ${retry}, options: ${optionsOf(name)} }`)
  return `
server: { port: 0, drainMs: 500 }
admin: { port: 0 }
apps: [{ sdkAppId: ${APP}, tokens: ['${TOKEN}'] }]
delivery: { ${delivery}, ${keep} }
log: { callbacks: failed }
plugins:
  - use: ./moderates.mjs
${entries.join('\n')}
${hasVisitor ? '  - use: ./visitor.mjs' : ''}
`
}
