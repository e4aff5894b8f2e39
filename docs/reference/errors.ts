import { errorTexts } from './error-texts.ts'
import type { Language } from './language.ts'
import { errorTextsZh } from './zh/errors.ts'

const words = {
  en: { cause: 'Cause', wayOut: 'What to do', colon: ': ' },
  zh: { cause: '原因', wayOut: '办法', colon: '：' },
}

/** One entry per code; the compiler reports a code without one. */
export function errorReference(language: Language): string {
  const { cause, wayOut, colon } = words[language]
  return Object.entries(language === 'en' ? errorTexts : errorTextsZh)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, [what, out]]) => `### ${code}\n\n- **${cause}**${colon}${what}\n- **${wayOut}**${colon}${out}`)
    .join('\n\n')
}
