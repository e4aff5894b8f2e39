import { commands } from '../../protocol/commands.ts'
import type { Definition } from '../../protocol/define.ts'
import { covers } from '../../registry.ts'
import { suggestion } from '../../lib/suggest.ts'
import { escapeControls } from '../output/terminal-escape.ts'

/** Returns the known callbacks that a command or a pattern of the config (`Call.*`, `*`) matches. */
export function definitionsOf(pattern: string): Definition[] {
  return [...commands.values()].filter(({ command }) => covers(pattern, command))
}

/** The message for a command or pattern that matches nothing known. */
export function unknownText(pattern: string): string {
  const names = [...commands.keys()]
  const categories = new Set(names.map((name) => `${name.slice(0, name.indexOf('.'))}.*`))
  return `${pattern} is not a known callback${suggestion(pattern, [...names, ...categories])}`
}

/** Warns on stderr if nothing known matches. Unknown callbacks may still be stored. */
export function warnUnknown(pattern: string | undefined): void {
  if (pattern === undefined || definitionsOf(pattern).length > 0) return
  process.stderr.write(`${escapeControls(unknownText(pattern))}\n`)
}
