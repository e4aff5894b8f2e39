import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { options } from '../../plugins/group-full/options.ts'
import type { Outcome } from '../../plugins/group-full/report/outcome.ts'

const FOLDER = 'plugins/group-full'
const readmes = {
  en: readFileSync(`${FOLDER}/README.md`, 'utf8'),
  zh: readFileSync(`${FOLDER}/README.zh.md`, 'utf8'),
}

/** Every outcome; the compiler misses one that is not here. */
const OUTCOMES: Record<Outcome, true> = {
  removed: true,
  'partly-removed': true,
  'dry-run': true,
  'already-has-room': true,
  'cap-raised': true,
  'nobody-eligible': true,
  'limit-reached': true,
  cooldown: true,
  'not-in-scope': true,
  'unsupported-type': true,
  'unknown-type': true,
  'group-gone': true,
  refused: true,
  inconsistent: true,
  incomplete: true,
  'circuit-open': true,
  killed: true,
  error: true,
}

function textOf(value: unknown): string {
  if (value === undefined) return ''
  if (Array.isArray(value) && value.length > 0) return `\`${value.join(', ')}\``
  return `\`${typeof value === 'object' ? JSON.stringify(value) : (value as string)}\``
}

describe('the READMEs on group-full', () => {
  for (const [language, markdown] of Object.entries(readmes)) {
    it(`list every option with its default (${language})`, () => {
      for (const [name, node] of Object.entries(options.properties)) {
        const row = `| \`${name}\` | ${textOf('default' in node ? node.default : undefined)} |`.replace('|  |', '| |')
        expect(markdown.includes(row), row).to.equal(true)
      }
    })

    it(`name every outcome (${language})`, () => {
      for (const outcome of Object.keys(OUTCOMES)) expect(markdown).to.include(`\`${outcome}\``)
    })
  }
})
