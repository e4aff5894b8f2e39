import { expect } from 'chai'
import { folderWith, run } from '../../harness/cli.ts'

const PLUGIN = (more = ''): string => `export default { name: 'words', handlers: { 'State.StateChange'() {} }${more} }`
const MANIFEST = {
  name: 'timhook-plugin-words',
  type: 'module',
  keywords: ['timhook-plugin'],
  peerDependencies: { timhook: '>=0.1' },
}

async function examined(source: string, manifest: object = MANIFEST): Promise<{ code: number | null; text: string }> {
  const cwd = await folderWith({ 'package.json': JSON.stringify(manifest), 'index.js': source })
  const { code, stdout, stderr } = await run(['doctor', './index.js'], { cwd })
  return { code, text: stdout + stderr }
}

describe('timhook doctor PLUGIN', () => {
  it('finds nothing wrong with a plugin as it should be, and says what it handles', async () => {
    const { code, text } = await examined(PLUGIN())
    expect(code, text).to.equal(0)
    expect(text).to.contain('importing it has no side effect').and.contain('handles State.StateChange')
    expect(text).to.not.match(/advice|FAULT/)
  })

  for (const [what, line, effect] of [
    ['prints', 'console.log("hello")', 'it prints'],
    ['starts a timer', 'setInterval(() => {}, 1000)', 'it leaves something running (Timeout)'],
    ['listens', 'process.on("uncaughtException", () => {})', "it listens to process.on('uncaughtException')"],
    ['adds a global', 'globalThis.words = 1', 'it adds the global words'],
    ['changes the environment', 'process.env.WORDS = "1"', 'it changes process.env'],
    ['changes prototypes', 'Object.prototype.words = 1', 'it changes the prototypes'],
    ['ends the process', 'process.exit(0)', 'it ends the process'],
  ] as const)
    it(`tells that importing it ${what}`, async () => {
      const { code, text } = await examined(`${line}\n${PLUGIN()}`)
      expect(text).to.contain(`importing it has a side effect: ${effect}`)
      expect(code).to.equal(1)
    })

  it('checks its package: peer, versions, scripts, name and keyword', async () => {
    const { peerDependencies: _, ...without } = MANIFEST
    const dependency = await examined(PLUGIN(), { ...without, dependencies: { timhook: '1' } })
    expect(dependency.text).to.match(/FAULT .*peer dependency instead/)
    const other = await examined(PLUGIN(), { ...MANIFEST, peerDependencies: { timhook: '^99' } })
    expect(other.text).to.match(/FAULT .*\^99/)
    const scripts = { postinstall: 'x' }
    const { text } = await examined(PLUGIN(), { ...MANIFEST, name: 'words', keywords: [], scripts })
    expect(text).to.match(/FAULT .*postinstall/)
    expect(text).to.match(/advice .*called words/)
    expect(text).to.match(/advice .*keyword/)
  })

  it('reports options without a description, and secrets that are not marked', async () => {
    const options = "{ type: 'object', properties: { apiToken: { type: 'string' } } }"
    const { code, text } = await examined(PLUGIN(`, options: ${options}`))
    expect(text).to.contain('option apiToken has no description').and.contain('looks like a secret')
    expect(code).to.equal(0)
  })

  it('says in a sentence why it cannot be loaded', async () => {
    const { code, text } = await examined("import 'no-such-package'")
    expect(text).to.match(/FAULT .*imports the package no-such-package, which is not installed/)
    expect(code).to.equal(1)
  })
})
