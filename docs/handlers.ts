import { commands } from '../core/protocol/commands.ts'
import type { Definition } from '../core/protocol/define.ts'
import { linksOf } from '../core/protocol/links.ts'

/** The file with the type of the handlers, with titles and links that editors show. */
export const HANDLERS = 'core/plugin-api/handlers.ts'

/** The source of the type of a plugin's handlers. A type computed from the table would have no comments. */
export function handlers(): string {
  const members = [...commands.values()].map(
    (definition) => `  /** ${titleOf(definition)} */\n${memberOf(definition.command)}\n`,
  )
  return `// Written by \`npm run docs\`.
import type { Handler, Wildcards } from './handler.ts'

/**
 * Handlers by command, by category (\`Group.*\`) or for all (\`*\`). Within a plugin, only the most specific one is called.
 * \`onUnknown\` adds one for a command that timhook does not know. O are the plugin's options, S is its state.
 */
export interface Handlers<O, S> extends Wildcards<O, S> {
${members.join('')}}
`
}

/** Formatted as the formatter would. */
function memberOf(command: string): string {
  const member = `  '${command}'?: Handler<'${command}', O, S>`
  return member.length <= 120 ? member : `  '${command}'?: Handler<\n    '${command}',\n    O,\n    S\n  >`
}

/** Links to the documents of a callback, in Markdown. */
export function documentsOf({ docs }: Definition): string {
  return linksOf(docs)
    .map(({ site, url }) => `[${site} ${url.replace(/^.*\/(?=[0-9]+$)/, '')}](${url})`)
    .join(' ')
}

function titleOf(definition: Definition): string {
  const { title } = definition
  return `${title.en} · ${title.zh} ${documentsOf(definition)}`.trim()
}
