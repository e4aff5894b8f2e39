import { expect } from 'chai'
import { callbackTable as table } from '../../docs/reference/callbacks.ts'
import { commands } from '../../core/protocol/commands.ts'
import { blocksOf, proseOf, readmes, withoutComments } from './readmes.ts'

const headings = (markdown: string): string[] => [...proseOf(markdown).matchAll(/^#+/gm)].map(([level]) => level)
const tables = (markdown: string): string[] => [...proseOf(markdown).matchAll(/^(?:\|.*\n)+/gm)].map(([rows]) => rows)
const rows = (markdown: string): number[] => tables(markdown).map((rows) => rows.trim().split('\n').length)
const items = (markdown: string): number => [...proseOf(markdown).matchAll(/^(?:-|\d\.) /gm)].length

/** What a table row calls things: its first cell, as far as that is code. */
function names(markdown: string): string[] {
  const cells = [...proseOf(markdown).matchAll(/^\| ((?:[^|\\]|\\.)*) \|/gm)].map(([, cell = '']) => cell)
  return cells.map((cell) => [...cell.matchAll(/`[^`]+`/g)].join(' '))
}

describe('the READMEs', () => {
  it('list every callback once', () => {
    for (const command of commands.keys()) {
      expect(table('en').split(`| \`${command}\` |`), command).to.have.length(2)
    }
  })

  it('have the same sections, tables and lists', () => {
    expect(headings(readmes.zh)).to.deep.equal(headings(readmes.en))
    expect(rows(readmes.zh)).to.deep.equal(rows(readmes.en))
    expect(items(readmes.zh)).to.equal(items(readmes.en))
  })

  it('name the same things in their tables', () => {
    expect(names(readmes.zh)).to.deep.equal(names(readmes.en))
  })

  it('show the same code, comments aside', () => {
    expect(blocksOf(readmes.zh).map(withoutComments)).to.deep.equal(blocksOf(readmes.en).map(withoutComments))
  })

  it('lead to each other', () => {
    expect(readmes.en).to.include('](README.zh.md)')
    expect(readmes.zh).to.include('](README.md)')
  })
})
