// Runs as a separate process: imports a module and reports its side effects.
import { syncBuiltinESMExports } from 'node:module'

/** The side effects of an import. */
export interface SideEffects {
  readonly effects: readonly string[]
}

const [, , url = ''] = process.argv
const written: string[] = []
for (const stream of [process.stdout, process.stderr]) {
  stream.write = () => {
    written.push('it prints')
    return true
  }
}
syncBuiltinESMExports()

const before = look()
await import(url)
// Wait one turn of the event loop for what the import has started.
await new Promise(setImmediate)
const after = look()

const effects = [
  ...new Set(written),
  ...more(before.resources, after.resources).map((name) => `it leaves something running (${name})`),
  ...more(before.globals, after.globals).map((name) => `it adds the global ${name}`),
  ...more(before.listeners, after.listeners).map((name) => `it listens to process.on('${name}')`),
  ...(before.env === after.env ? [] : ['it changes process.env']),
  ...(before.prototypes === after.prototypes ? [] : ['it changes the prototypes of objects or arrays']),
]
process.send?.({ effects } satisfies SideEffects, () => process.exit())

function look() {
  return {
    resources: process.getActiveResourcesInfo(),
    globals: Object.getOwnPropertyNames(globalThis),
    listeners: process
      .eventNames()
      .flatMap((name) => Array.from({ length: process.listenerCount(name) }, () => String(name))),
    env: JSON.stringify(process.env),
    prototypes: [Object.prototype, Array.prototype].map((one) => Object.getOwnPropertyNames(one).join()).join(),
  }
}

/** The names that occur more often than before, each once. */
function more(names: readonly string[], later: readonly string[]): string[] {
  const count = (list: readonly string[], name: string): number => list.filter((one) => one === name).length
  return [...new Set(later)].filter((name) => count(later, name) > count(names, name))
}
