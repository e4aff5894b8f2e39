import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { type Language, LANGUAGES } from '../../docs/reference/language.ts'
import { writtenPart } from '../../docs/reference/markdown.ts'
import { proseOf } from '../readme/readmes.ts'

const CALLBACKS = /\/reference\/callbacks\/./

const markdownIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .toSorted()

/** The guides and the reference of a language; not the pages of single callbacks, which are generated as a whole. */
export function pagesOf(language: Language): string[] {
  return markdownIn(join('docs', language)).filter((path) => !CALLBACKS.test(path))
}

export const callbackPages: readonly string[] = LANGUAGES.flatMap((language) =>
  markdownIn(`docs/${language}/reference/callbacks`),
)

/** What stands beside the code. */
export const beside: readonly string[] = [
  'README.md',
  'README.zh.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'llms.txt',
  'docs/architecture.md',
  ...markdownIn('docs/skills'),
  ...readdirSync('plugins')
    .flatMap((name) => ['README.md', 'README.zh.md'].map((file) => `plugins/${name}/${file}`))
    .filter((path) => existsSync(path)),
]

/** Every Markdown file that people read, save for the pages of single callbacks. */
export const allPages: readonly string[] = [...beside, ...LANGUAGES.flatMap(pagesOf)]

const texts = new Map<string, string>()

export function textOf(path: string): string {
  const text = texts.get(path) ?? readFileSync(path, 'utf8')
  texts.set(path, text)
  return text
}

/** What a person has written of a page. */
export function writtenOf(path: string): string {
  return writtenPart(textOf(path))
}

/** The links of a page, without those to other sites. */
export function linksOf(path: string): string[] {
  const links = [...proseOf(textOf(path)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  return links.filter((link) => !/^[a-z]+:/.test(link))
}

/** The anchor that GitHub makes of a heading. */
function anchorOf(heading: string): string {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')
}

export function anchorsOf(path: string): Set<string> {
  return new Set([...proseOf(textOf(path)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)))
}

/** The file, and the section of it, that a link on a page leads to. */
export function targetOf(page: string, link: string): { file: string; anchor: string | undefined } {
  const [path = '', anchor] = link.split('#')
  return {
    file: path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path))),
    anchor: anchor === undefined ? undefined : decodeURIComponent(anchor),
  }
}

/** Whether there is what a link leads to. */
export function isThere(page: string, link: string): boolean {
  const { file, anchor } = targetOf(page, link)
  return existsSync(file) && (anchor === undefined || anchorsOf(file).has(anchor))
}
