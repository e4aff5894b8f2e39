/** A placeholder of a template. */
export const PLACE = /\{\{\s*([a-z]+)\s*\}\}/g
const NAMES = ['text', 'url', 'kind', 'app', 'account', 'group']

/** The placeholders of a template that do not exist. */
export function unknownNames(body: unknown): string[] {
  return [...namesIn(JSON.stringify(body))].filter((name) => !NAMES.includes(name))
}

export function namesIn(template: string): Set<string> {
  return new Set([...template.matchAll(PLACE)].map(([, name = '']) => name))
}
