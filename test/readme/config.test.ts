import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ConfigError } from '../../config/faults.ts'
import { readConfig } from '../../config/read/read.ts'
import { ConfigSchema } from '../../config/schema/schema.ts'
import { prepare } from '../../core/runtime.ts'
import { readFileSync } from 'node:fs'
import { stopAfterTest } from '../harness/hooks.ts'
import { blocksOf, readmes } from './readmes.ts'

const blocks = blocksOf(readmes.en).filter(({ language }) => language === 'yaml')
/** The config as a whole; the other blocks are entries of shipped plugins. */
const yaml = blocks.filter(({ code }) => code.includes('apps:'))
const entries = blocks.filter(({ code }) => !code.includes('apps:'))

async function read(text: string): ReturnType<typeof readConfig> {
  const cwd = await mkdtemp(join(tmpdir(), 'timhook-config-'))
  stopAfterTest(() => rm(cwd, { recursive: true }))
  await writeFile(join(cwd, 'plugins.yaml'), text)
  const names = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name)
  return readConfig('plugins.yaml', { env: Object.fromEntries(names.map((name) => [name, 'value'])), cwd })
}

interface Node {
  properties?: Record<string, Node>
  items?: Node
  anyOf?: Node[]
}

/** The keys of a schema, also those of what is in it. */
function keysOf(node: Node, path: readonly string[] = []): string[] {
  const below = Object.entries(node.properties ?? {}).flatMap(([key, inner]) => keysOf(inner, [...path, key]))
  const items = node.items ? keysOf(node.items, [...path, '*']) : []
  return [...(path.length > 0 && path.at(-1) !== '*' ? [path.at(-1) ?? ''] : []), ...below, ...items]
}

describe('the config of the READMEs', () => {
  it('has no fault and no warning', async () => {
    expect(yaml).to.have.length(1)
    for (const { code } of yaml) {
      const reading = await read(code)
      expect(reading.faults).to.deep.equal([])
      expect(reading.warnings).to.deep.equal([])
    }
  })

  it('has entries of shipped plugins whose options these accept', async () => {
    expect(entries).not.to.have.length(0)
    for (const { code } of entries) await prepare(await read(`apps: [{ sdkAppId: 1, unsigned: true }]\n${code}`))
  })

  it('shows every key that is supported', () => {
    const code = yaml.map((block) => block.code).join('')
    const missing = keysOf(ConfigSchema as Node).filter((key) => !new RegExp(`\\b${key}:`).test(code))
    expect(missing).to.deep.equal([])
  })

  it('shows the defaults', async () => {
    const given = await read(yaml.map(({ code }) => code).join(''))
    const minimal = await read('apps: [{ sdkAppId: 1, tokens: [secret] }]')
    if (!given.config || !minimal.config) throw new ConfigError(['a config with faults'])
    const { apps, plugins, ...sections } = given.config
    const { apps: defaultApps, plugins: none, ...defaults } = minimal.config
    expect(sections).to.deep.equal(defaults)
    expect(apps[0]?.signatureWindow).to.equal(defaultApps[0]?.signatureWindow)
    expect(plugins.length).to.be.greaterThan(none.length)
  })

  it('is told the truth about by the tables: every event of the bus is there', () => {
    const events = [...readFileSync('core/observe/bus.ts', 'utf8').matchAll(/^ {2}'([a-z]+:[a-z]+)':/gm)]
    expect(events.length).to.be.greaterThan(10)
    for (const [, event = ''] of events) {
      for (const readme of Object.values(readmes)) expect(readme).to.include(`\`${event}\``)
    }
  })
})
