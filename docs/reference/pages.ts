import { commands } from '../../core/protocol/commands.ts'
import { callbackPage } from './callback-page.ts'
import { callbackTable } from './callbacks.ts'
import { commandReference } from './commands.ts'
import { configReference } from './config.ts'
import { eventTypes, pluginTypes, restTypes } from './declarations.ts'
import { errorReference } from './errors.ts'
import { type Language, LANGUAGES } from './language.ts'
import { withGenerated } from './markdown.ts'
import { metricReference } from './metrics.ts'

type Read = (path: string) => string

/** The generated part of each page of the reference. The text before and after it is hand-written. */
const sections: Readonly<Record<string, (language: Language, read: Read) => string | Promise<string>>> = {
  callbacks: callbackTable,
  commands: commandReference,
  config: configReference,
  errors: errorReference,
  events: (_, read) => eventTypes(read),
  metrics: metricReference,
  plugin: (_, read) => pluginTypes(read),
  rest: (_, read) => restTypes(read),
}

/** The folders that hold only generated pages. */
export const CALLBACK_PAGES = LANGUAGES.map((language) => `docs/${language}/reference/callbacks`)

/** The pages of the reference in both languages: path → content. */
export async function referencePages(read: Read): Promise<Map<string, string>> {
  const pages = new Map<string, string>()
  for (const language of LANGUAGES) {
    for (const [name, generate] of Object.entries(sections)) {
      const path = `docs/${language}/reference/${name}.md`
      pages.set(path, withGenerated(read(path), await generate(language, read)))
    }
    for (const definition of commands.values()) {
      const path = `docs/${language}/reference/callbacks/${definition.command}.md`
      pages.set(path, callbackPage(definition, language))
    }
  }
  return pages
}
