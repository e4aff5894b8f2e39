import { createRequire } from 'node:module'
import type * as backup from './upkeep/backup.ts'
import type * as check from './commands/check.ts'
import type * as deadLetters from './commands/dead-letters.ts'
import type * as dev from './commands/dev.ts'
import type * as doctor from './commands/doctor.ts'
import type * as erase from './upkeep/erase.ts'
import type * as events from './commands/events.ts'
import type * as init from './commands/init.ts'
import type * as listen from './listen/listen.ts'
import type * as list from './commands/list.ts'
import type * as create from './commands/new.ts'
import type * as pause from './commands/pause.ts'
import type * as pluginCommand from './commands/plugin-command.ts'
import type * as replay from './commands/replay.ts'
import type * as start from './commands/start.ts'
import type * as trigger from './commands/trigger.ts'
import type * as tryPlugin from './commands/try.ts'

const require = createRequire(import.meta.url)

/**
 * Loads the code of a subcommand when it runs, so that --help does not wait for it. Uses require, with which Node loads
 * the hundreds of files in two thirds of the time that import() takes.
 */
export const code = {
  backup: () => require('./upkeep/backup.js') as typeof backup,
  check: () => require('./commands/check.js') as typeof check,
  deadLetters: () => require('./commands/dead-letters.js') as typeof deadLetters,
  dev: () => require('./commands/dev.js') as typeof dev,
  doctor: () => require('./commands/doctor.js') as typeof doctor,
  erase: () => require('./upkeep/erase.js') as typeof erase,
  events: () => require('./commands/events.js') as typeof events,
  init: () => require('./commands/init.js') as typeof init,
  create: () => require('./commands/new.js') as typeof create,
  list: () => require('./commands/list.js') as typeof list,
  listen: () => require('./listen/listen.js') as typeof listen,
  pause: () => require('./commands/pause.js') as typeof pause,
  pluginCommand: () => require('./commands/plugin-command.js') as typeof pluginCommand,
  replay: () => require('./commands/replay.js') as typeof replay,
  start: () => require('./commands/start.js') as typeof start,
  trigger: () => require('./commands/trigger.js') as typeof trigger,
  tryPlugin: () => require('./commands/try.js') as typeof tryPlugin,
}
