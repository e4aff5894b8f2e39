import { readFileSync } from 'node:fs'
import { writtenPart } from '../../docs/reference/markdown.ts'

export interface Block {
  readonly language: string
  readonly code: string
}

/** The fenced blocks of a Markdown text. */
export function blocksOf(markdown: string): Block[] {
  const fences = markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)
  return [...fences].map(([, language = '', code = '']) => ({ language, code }))
}

/** The code of the one block of a page that holds this text. */
export function blockWith(page: string, text: string): string {
  const found = blocksOf(writtenPart(readFileSync(page, 'utf8'))).filter(({ code }) => code.includes(text))
  if (found.length !== 1) throw new Error(`expected one block with ${text} in ${page}, found ${found.length}`)
  return found.map(({ code }) => code).join('')
}

/** The block without its comments: what both languages must have in common. */
export function withoutComments({ language, code }: Block): string {
  const comment = /^(?:ts|js)$/.test(language) ? /(^|\s)\/\/ .*$/gm : /(^|\s)# .*$/gm
  return `${language}\n${code.replace(comment, '')}`.replace(/\s+$/gm, '')
}

/** The text without its fenced blocks. */
export function proseOf(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, '')
}
