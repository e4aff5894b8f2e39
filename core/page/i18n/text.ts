import { durationText } from '../text/numbers.ts'
import { en } from './en.ts'
import { zh } from './zh.ts'

export type Language = 'en' | 'zh'
export type TextKey = keyof typeof en

const KEY = 'timhook-language'
const texts: Record<Language, Record<TextKey, string>> = { en, zh }

let current: Language = localStorage.getItem(KEY) === null ? preferred() : (localStorage.getItem(KEY) as Language)
document.documentElement.lang = langOf(current)

function preferred(): Language {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

function langOf(language: Language): string {
  return language === 'zh' ? 'zh-Hans' : 'en'
}

export function language(): Language {
  return current
}

/** The choice stays in this browser. */
export function setLanguage(language: Language): void {
  current = language === 'zh' ? 'zh' : 'en'
  localStorage.setItem(KEY, current)
  document.documentElement.lang = langOf(current)
}

/** A text in the language of the page. `{name}` in it stands for a value. */
export function t(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return texts[current === 'zh' ? 'zh' : 'en'][key].replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    String(values[name] ?? ''),
  )
}

/** A duration in the words of the language. */
export function duration(ms: number): string {
  return durationText(ms, (unit) => t(`unit.${unit}`))
}
