import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { checkConfig } from '../../config/read/read.ts'
import { parse as parseYaml } from 'yaml'
import { parse } from '../harness/cli.ts'
import { blocksOf, proseOf, withoutComments } from '../readme/readmes.ts'

const guides = { en: readFileSync('docs/en/operate.md', 'utf8'), zh: readFileSync('docs/zh/operate.md', 'utf8') }
const COMMAND = /(?:\btimhook|main\.js) ([a-z]+(?:-[a-z]+)*\b[^`\n]*)/g
/** Words that follow the name of the program in a shell, and are no commands of it. */
const OTHERS = new Set(['node', 'timhook'])

/** The commands of timhook that a guide shows in code, each with the flags that it is shown with. */
function shown(markdown: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const code = [...markdown.matchAll(/```sh\n[\s\S]*?```|`(?:npx )?timhook [^`\n]+`/g)].map(([text]) => text)
  const lines = code
    .join('\n')
    .split('\n')
    .filter((line) => /^`|^npx timhook |main\.js /.test(line))
  for (const [, line = ''] of lines.join('\n').matchAll(COMMAND)) {
    const [name = ''] = line.split(/[\s[]/)
    if (OTHERS.has(name)) continue
    const flags = found.get(name) ?? new Set()
    for (const [flag] of line.matchAll(/--[a-z][a-z-]*/g)) flags.add(flag)
    found.set(name, flags)
  }
  return found
}

const headings = (markdown: string): string[] => [...proseOf(markdown).matchAll(/^#+/gm)].map(([level]) => level)
const tables = (markdown: string): string[] => [...proseOf(markdown).matchAll(/^(?:\|.*\n)+/gm)].map(([rows]) => rows)
const rows = (markdown: string): number[] => tables(markdown).map((rows) => rows.trim().split('\n').length)
const items = (markdown: string): number => [...proseOf(markdown).matchAll(/^(?:-|\d\.) /gm)].length

describe('the guides to operating', () => {
  for (const [language, markdown] of Object.entries(guides)) {
    it(`show commands that exist, with their flags (${language})`, async () => {
      const commands = shown(markdown)
      expect([...commands.keys()]).to.include.members([
        'check',
        'dead-letters',
        'doctor',
        'events',
        'list',
        'pause',
        'replay',
        'resume',
        'start',
        'trigger',
      ])
      for (const [name, flags] of commands) {
        // A command of the plugin notify, which the test of all documents knows.
        if (name === 'alerts') continue
        const { stdout } = await parse(name, '--help')
        expect(stdout, name).to.contain(`Usage: timhook ${name}`)
        const further = name === 'dead-letters' ? (await parse(name, 'retry', '--help')).stdout : ''
        for (const flag of flags) expect(stdout + further, `timhook ${name}`).to.include(flag)
      }
    })

    it(`show parts of configs that are right (${language})`, () => {
      const blocks = blocksOf(markdown).filter(({ language, code }) => language === 'yaml' && /^apps:/m.test(code))
      expect(blocks.length).to.be.above(0)
      for (const { code } of blocks) {
        const text = code.replaceAll(/\$\{file:[^}]+\}/g, 'a token of the test')
        const { faults, warnings } = checkConfig(parseYaml(text), { env: {} })
        expect([...faults, ...warnings]).to.deep.equal([])
      }
    })
  }

  it('have the same sections, tables, lists and code in both languages', () => {
    expect(headings(guides.zh)).to.deep.equal(headings(guides.en))
    expect(rows(guides.zh)).to.deep.equal(rows(guides.en))
    expect(items(guides.zh)).to.equal(items(guides.en))
    expect(blocksOf(guides.zh).map(withoutComments)).to.deep.equal(blocksOf(guides.en).map(withoutComments))
  })
})
