import { createRequire } from 'node:module'
import type * as check from './check.ts'
import type * as deadLetters from './dead-letters.ts'
import type * as events from './events.ts'
import type * as init from './init.ts'
import type * as list from './list.ts'
import type * as pluginCommand from './plugin-command.ts'
import type * as replay from './replay.ts'
import type * as start from './start.ts'
import type * as trigger from './trigger.ts'

const require = createRequire(import.meta.url)

/**
 * The code of each subcommand, loaded when it runs: --help must not wait for what it does not need. It is required, not
 * imported: Node then loads the many hundred files at one go, in two thirds of the time. import() opens each by promises.
 */
export const code = {
  check: () => require('./check.js') as typeof check,
  deadLetters: () => require('./dead-letters.js') as typeof deadLetters,
  events: () => require('./events.js') as typeof events,
  init: () => require('./init.js') as typeof init,
  list: () => require('./list.js') as typeof list,
  pluginCommand: () => require('./plugin-command.js') as typeof pluginCommand,
  replay: () => require('./replay.js') as typeof replay,
  start: () => require('./start.js') as typeof start,
  trigger: () => require('./trigger.js') as typeof trigger,
}
