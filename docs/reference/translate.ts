import type { Dictionary, Language } from './language.ts'
import { chatFieldTexts } from './zh/chat-fields.ts'
import { commandTexts } from './zh/commands.ts'
import { configTexts } from './zh/config.ts'
import { metricTexts } from './zh/metrics.ts'
import { roomFieldTexts } from './zh/room-fields.ts'

export const dictionary: Dictionary = {
  ...configTexts,
  ...commandTexts,
  ...metricTexts,
  ...chatFieldTexts,
  ...roomFieldTexts,
}

const asked = new Set<string>()

/** The sentence in this language. One that has no translation stays English, and a test names it. */
export function translate(language: Language, sentence: string): string {
  if (language === 'en') return sentence
  asked.add(sentence)
  return dictionary[sentence] ?? sentence
}

/** What was asked for since the process started: all that the generated pages say. */
export function askedFor(): ReadonlySet<string> {
  return asked
}
