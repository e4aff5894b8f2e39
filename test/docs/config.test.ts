import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { ConfigError } from '../../config/faults.ts'
import { checkConfig, readConfig } from '../../config/read/read.ts'
import { prepare } from '../../core/runtime.ts'
import { configPaths } from '../../docs/reference/config.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { blocksOf } from '../readme/readmes.ts'
import { allPages, textOf, writtenOf } from './pages.ts'

const yamlOf = (page: string): string[] =>
  blocksOf(writtenOf(page))
    .filter(({ language }) => language === 'yaml')
    .map(({ code }) => code)

/** The config with every key. */
const [whole = ''] = yamlOf('docs/en/reference/config.md')

async function read(text: string): ReturnType<typeof readConfig> {
  const cwd = await mkdtemp(join(tmpdir(), 'timhook-config-'))
  stopAfterTest(() => rm(cwd, { recursive: true }))
  await writeFile(join(cwd, 'plugins.yaml'), text)
  const names = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name)
  return readConfig('plugins.yaml', { env: Object.fromEntries(names.map((name) => [name, 'value'])), cwd })
}

describe('the configs of the documents', () => {
  it('has no fault and no warning where it is shown as a whole', async () => {
    const { faults, warnings } = await read(whole)
    expect([...faults, ...warnings]).to.deep.equal([])
  })

  it('shows every key that is supported', () => {
    const keys = configPaths().map((path) => path.split('.').at(-1)?.replace('[]', '') ?? '')
    expect(keys.filter((key) => !new RegExp(`\\b${key}:`).test(whole))).to.deep.equal([])
  })

  it('shows the defaults', async () => {
    const given = await read(whole)
    const minimal = await read('apps: [{ sdkAppId: 1, tokens: [secret] }]')
    if (!given.config || !minimal.config) throw new ConfigError(['a config with faults'])
    const { apps, plugins, ...sections } = given.config
    const { apps: defaultApps, plugins: none, ...defaults } = minimal.config
    expect(sections).to.deep.equal(defaults)
    expect(apps[0]?.signatureWindow).to.equal(defaultApps[0]?.signatureWindow)
    expect(plugins.length).to.be.greaterThan(none.length)
  })

  for (const page of allPages) {
    const blocks = yamlOf(page).filter((code) => /^(?:apps|plugins|delivery|admin|server|alerts|log):/m.test(code))
    if (blocks.length === 0) continue
    it(`has no fault: ${page}`, () => {
      for (const code of blocks) {
        // A file or variable that the example takes from the operator's machine is there.
        const text = code
          .replaceAll(/(?<=['"])\$\{[^}]+\}(?=['"])/g, 'https://value.example.com/a')
          .replaceAll(/\$\{[^}]+\}/g, 'value')
        const apps = /^apps:/m.test(text) ? '' : 'apps: [{ sdkAppId: 1, unsigned: true }]\n'
        const { faults } = checkConfig(parse(`${apps}${text}`), { env: {} })
        expect(
          faults.filter(({ message }) => !message.startsWith('cannot be read (ENOENT)')),
          code,
        ).to.deep.equal([])
      }
    })
  }

  it('has entries of shipped plugins whose options these accept', async () => {
    const entries = yamlOf('docs/en/plugins.md')
    expect(entries.length).to.be.above(5)
    for (const code of entries) {
      const text = code.replaceAll(/\$\{ALERTS_URL\}/g, 'https://alerts.example.com/hook')
      await prepare(await read(`apps: [{ sdkAppId: 1, unsigned: true }]\n${text}`))
    }
  })
})

describe('the reference of events', () => {
  it('says of every event of the bus when it occurs', () => {
    const events = [...readFileSync('core/observe/bus.ts', 'utf8').matchAll(/^ {2}'([a-z-]+:[a-z]+)':/gm)]
    expect(events.length).to.be.greaterThan(10)
    for (const [, event = ''] of events)
      for (const language of ['en', 'zh'])
        expect(writtenOf(`docs/${language}/reference/events.md`)).to.include(`\`${event}\``)
    expect(textOf('docs/en/reference/events.md')).to.include('interface BusEvents')
  })
})
