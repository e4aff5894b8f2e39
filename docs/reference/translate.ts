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

/** Returns the sentence in this language. Without a translation it stays English, and a test names it. */
export function translate(language: Language, sentence: string): string {
  if (language === 'en') return sentence
  asked.add(sentence)
  return dictionary[sentence] ?? sentence
}

/** Every sentence asked for since the process started, so everything that the generated pages say. */
export function askedFor(): ReadonlySet<string> {
  return asked
}
