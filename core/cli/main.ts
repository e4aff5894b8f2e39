#!/usr/bin/env node
import { code } from './lazy-commands.ts'
import { end, exitCodeOf, printError } from './output/exit.ts'
import { guardExit } from './process/guard-exit.ts'
import { createProgram } from './program.ts'

guardExit()

let isServing = false
const program = createProgram(() => (isServing = true))

/** The first argument may be the id of a plugin. Only the config knows its commands. */
async function isOfPlugin([first, ...others]: readonly string[]): Promise<boolean> {
  if (first === undefined || first.startsWith('-')) return false
  if (first === 'help' || program.commands.some((command) => command.name() === first)) return false
  return code.pluginCommand().runPluginCommand(first, others)
}

try {
  if (!(await isOfPlugin(process.argv.slice(2)))) await program.parseAsync()
} catch (error) {
  printError(error)
  process.exitCode = exitCodeOf(error)
}
if (!isServing) await end()
