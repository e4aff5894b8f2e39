import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { expect } from 'chai'
import { subcommands } from '../../docs/reference/commands.ts'
import archive from '../../plugins/archive/index.ts'
import groupFull from '../../plugins/group-full/index.ts'
import moderate from '../../plugins/moderate/index.ts'
import notify from '../../plugins/notify/index.ts'
import { allPages, callbackPages, textOf, writtenOf } from './pages.ts'

const SHOWN = /(?:\bnpx timhook|\bbin\/timhook|main\.js|`timhook|^timhook) ([a-z]+(?:-[a-z]+)*)\b([^`\n]*)/gm

/** The uses of commands that a page shows in code. */
function uses(markdown: string): { name: string; rest: string }[] {
  const code = [...markdown.matchAll(/^```(?:sh|bash|console)\n[\s\S]*?^```|`[^`\n]+`/gm)].map(([text]) => text)
  return [...code.join('\n').matchAll(SHOWN)].map(([, name = '', rest = '']) => ({ name, rest }))
}

const flagsIn = (text: string): string[] => [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag)
const flagsOf = (command: Command): string[] => command.options.map(({ long }) => long ?? '')

const commands = new Map(subcommands().map((command) => [command.name(), command]))
const plugins = new Map([
  ['group-full', Object.keys(groupFull.commands ?? {})],
  ['archive', Object.keys(archive.commands ?? {})],
  ['moderate', Object.keys(moderate.commands ?? {})],
  ['notify', Object.keys(notify.commands ?? {})],
  // The entry that `alerts` of the config is short for.
  ['alerts', Object.keys(notify.commands ?? {})],
])
/** Ids of plugins that only the examples have. */
const EXAMPLES = new Set(['joins', 'words'])

describe('the commands of the documents', () => {
  for (const page of [...allPages, callbackPages[0] ?? ''])
    it(`exist, with their flags: ${page}`, () => {
      for (const { name, rest } of uses(writtenOf(page))) {
        const ofPlugin = plugins.get(name)
        if (ofPlugin) expect(ofPlugin, `timhook ${name}`).to.include(rest.trim().split(/\s/)[0])
        if (ofPlugin ?? EXAMPLES.has(name)) continue
        const command = commands.get(name)
        if (!command) throw new Error(`${page} shows timhook ${name}, which does not exist`)
        for (const flag of flagsIn(rest.split(/ [&|] |&&/)[0] ?? ''))
          expect([...flagsOf(command), '--help'], `timhook ${name}${rest}`).to.include(flag)
      }
    })

  it('are all shown somewhere', () => {
    const shown = new Set(allPages.flatMap((page) => uses(writtenOf(page)).map(({ name }) => name)))
    expect([...commands.keys()].filter((name) => !shown.has(name))).to.deep.equal([])
  })

  it('have a section each in the reference, with every flag', () => {
    for (const language of ['en', 'zh']) {
      const text = textOf(`docs/${language}/reference/commands.md`)
      for (const command of commands.values()) {
        const section = text.split(`### timhook ${command.name()}\n`)[1]?.split('\n###')[0] ?? ''
        for (const flag of flagsOf(command)) expect(section, command.name()).to.include(flag)
      }
    }
  })

  it('are npm scripts, where npm runs them', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
    for (const page of allPages)
      for (const [, name = '', run = name] of textOf(page).matchAll(/\bnpm (?:(start|test)\b|run ([\w:-]+))/g))
        if (!page.includes('first-plugin') && !page.includes('publishing')) expect(scripts, page).to.have.property(run)
  })
})
