import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { readmes } from './readmes.ts'
import { runTimhook } from './timhook.ts'

const COMMAND = /\btimhook ([a-z]+(?:-[a-z]+)*\b[^`\n]*)/g

/** The commands that a README shows in code, each with the flags that it is shown with. */
function shown(markdown: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const code = [...markdown.matchAll(/```sh\n[\s\S]*?```|`[^`\n]+`/g)].map(([text]) => text).join('\n')
  for (const [, line = ''] of code.replaceAll('dist/core/cli/main.js', 'timhook').matchAll(COMMAND)) {
    const [first = '', second = ''] = line.split(/[\s[]/)
    // A plugin's own commands have their flags each.
    const name = first === 'group-full' ? `${first} ${second}` : first
    const flags = found.get(name) ?? new Set()
    for (const [flag] of line.matchAll(/--[a-z][a-z-]*/g)) flags.add(flag)
    found.set(name, flags)
  }
  return found
}

describe('the commands of the READMEs', () => {
  for (const [language, markdown] of Object.entries(readmes)) {
    it(`exist, with their flags (${language})`, async () => {
      const commands = shown(markdown)
      expect([...commands.keys()]).to.include.members([
        'start',
        'init',
        'check',
        'list',
        'trigger',
        'events',
        'dead-letters',
        'replay',
      ])
      for (const [name, flags] of commands) {
        const { code, stdout } = await runTimhook([...name.split(' '), '--help'])
        expect(code, name).to.equal(0)
        for (const flag of flags) expect(stdout, `timhook ${name}`).to.include(flag)
      }
    })

    it(`are npm scripts, where npm runs them (${language})`, () => {
      const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
      const contributing = readFileSync('CONTRIBUTING.md', 'utf8')
      for (const [, name = '', run = name] of `${markdown}${contributing}`.matchAll(
        /\bnpm (?:(start|test)|run ([\w:-]+))/g,
      )) {
        expect(scripts).to.have.property(run)
      }
    })
  }
})
