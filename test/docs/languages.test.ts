import { expect } from 'chai'
import { blocksOf, proseOf, withoutComments } from '../readme/readmes.ts'
import { pagesOf, textOf, writtenOf } from './pages.ts'

const headings = (markdown: string): string[] => [...proseOf(markdown).matchAll(/^#+/gm)].map(([level]) => level)
const tables = (markdown: string): string[] => [...proseOf(markdown).matchAll(/^(?:\|.*\n)+/gm)].map(([rows]) => rows)
const rows = (markdown: string): number[] => tables(markdown).map((table) => table.trim().split('\n').length)
const items = (markdown: string): number => [...proseOf(markdown).matchAll(/^(?:-|\d\.) /gm)].length

/** What the rows of tables call things: their first cells, as far as those are code. */
function names(markdown: string): string[] {
  const cells = [...proseOf(markdown).matchAll(/^\| ((?:[^|\\]|\\.)*) \|/gm)].map(([, cell = '']) => cell)
  return cells.map((cell) => [...cell.matchAll(/`[^`]+`/g)].join(' '))
}

/** The code of a page without comments and sentences in quotes. Pictures have words of the language in them. */
function codeOf(markdown: string): string[] {
  const withoutSentences = (quoted: string): string => (/^'[\w@.*:/#${}-]*'$/.test(quoted) ? quoted : "'…'")
  return blocksOf(markdown)
    .filter(({ language }) => language !== 'mermaid')
    .map((block) => withoutComments(block).replaceAll(/'[^'\n]*'/g, withoutSentences))
}

const LONGEST_README = 250

const pairs = [
  ['README.md', 'README.zh.md'] as const,
  ...pagesOf('en').map((path) => [path, path.replace('docs/en/', 'docs/zh/')] as const),
]

describe('the two languages', () => {
  it('have the same pages', () => {
    const inEnglish = pagesOf('zh').map((path) => path.replace('docs/zh/', 'docs/en/'))
    expect(inEnglish).to.deep.equal(pagesOf('en'))
  })

  for (const [english, chinese] of pairs)
    it(`say the same: ${english}`, () => {
      const [en, zh] = [writtenOf(english), writtenOf(chinese)]
      expect(headings(zh), 'headings').to.deep.equal(headings(en))
      expect(rows(zh), 'tables').to.deep.equal(rows(en))
      expect(names(zh), 'names in tables').to.deep.equal(names(en))
      expect(items(zh), 'lists').to.equal(items(en))
      expect(codeOf(zh), 'code').to.deep.equal(codeOf(en))
    })

  for (const [english, chinese] of pairs.filter(([path]) => !path.startsWith('docs/en/operate')))
    it(`lead to each other: ${english}`, () => {
      const file = (path: string): string => path.split('/').at(-1) ?? ''
      const toChinese = new RegExp(`\\[中文\\]\\([./a-z]*${file(chinese)}\\)`)
      const toEnglish = new RegExp(`\\[English\\]\\([./a-z]*${file(english)}\\)`)
      for (const text of [textOf(english), textOf(chinese)]) {
        expect(text).to.match(toChinese)
        expect(text).to.match(toEnglish)
      }
    })

  it('keep the READMEs short', () => {
    for (const path of ['README.md', 'README.zh.md'])
      expect(textOf(path).split('\n').length, path).to.be.at.most(LONGEST_README)
  })
})
