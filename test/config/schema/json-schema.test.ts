import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { Check } from '#typebox/schema'
import { parse } from 'yaml'
import { configJsonSchema } from '../../../config/schema/json-schema.ts'
import { readConfig } from '../../../config/read/read.ts'
import { inFolder } from '../support.ts'

const shipped = join(process.cwd(), 'config', 'plugins.schema.json')
const sample = join(process.cwd(), 'config', 'plugins.yaml')
const accepts = (text: string) => Check(configJsonSchema(), parse(text))

describe('config: the JSON Schema for editors', () => {
  it('is fresh', () => {
    const written: unknown = JSON.parse(readFileSync(shipped, 'utf8'))
    expect(written, 'config/plugins.schema.json is stale: run `npm run schema`').to.deep.equal(configJsonSchema())
  })

  it('is written by its script', async () => {
    await inFolder({}, (cwd) => {
      mkdirSync(join(cwd, 'config'))
      const script = fileURLToPath(new URL('../../../config/schema/write-schema.js', import.meta.url))
      const { status, stderr } = spawnSync(process.execPath, [script], { cwd, encoding: 'utf8' })
      expect(status, stderr).to.equal(0)
      expect(JSON.parse(readFileSync(join(cwd, 'config', 'plugins.schema.json'), 'utf8'))).to.deep.equal(
        configJsonSchema(),
      )
    })
  })

  it('accepts the shipped config', () => {
    expect(accepts(readFileSync(sample, 'utf8'))).to.equal(true)
  })

  it('accepts what the config accepts, with ${…} in place of any value', () => {
    expect(
      accepts(`apps: [{ sdkAppId: '\${ID}', tokens: ['\${T}'], signatureWindow: '\${W}', unsigned: '\${U}' }]
server: { port: '\${P}', path: ['/a', '\${PATH}'], bodyLimit: 1.5mb, deadlineMs: '\${D:-5}' }
delivery: { engine: '\${E}', resendWindow: 10m }
plugins: [{ use: '\${X}', enabled: '\${Y}', only: { apps: [1, '\${A}'], commands: ['\${C}', 'Group.*'] }, onFailure: '\${F}' }]`),
    ).to.equal(true)
  })

  it('refuses what the config refuses', () => {
    for (const text of [
      '{}',
      'apps: []',
      'apps: [{}]',
      'apps: [{ sdkAppId: 1 }]\nx: 1',
      'apps: [{ sdkAppId: 1 }]\nserver: { port: 70000 }',
      'apps: [{ sdkAppId: 1 }]\nplugins: [{ use: { name: x, handlers: {} } }]',
      'apps: [{ sdkAppId: 1 }]\nlog: { level: x }',
    ]) {
      expect(accepts(text), text).to.equal(false)
    }
  })

  it('describes every key', () => {
    const bare: string[] = []
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return
      for (const [key, child] of Object.entries(node)) {
        if (key !== 'properties') walk(child, path)
        else
          for (const [name, property] of Object.entries(child as object)) {
            if (!('description' in (property as object))) bare.push(`${path}.${name}`)
            walk(property, `${path}.${name}`)
          }
      }
    }
    walk(configJsonSchema(), '')
    expect(bare).to.deep.equal([])
    expect(JSON.stringify(configJsonSchema())).not.to.match(/"(expected|secret|opaque)":/)
  })
})

describe('config: the shipped file', () => {
  it('works without any environment variable', async () => {
    const { config, faults, warnings } = await readConfig(sample, { env: {}, cwd: process.cwd() })
    expect([faults, warnings]).to.deep.equal([[], []])
    expect(config?.apps[0]).to.include({ sdkAppId: 1400000000, unsigned: true })
    expect(config?.server).to.include({ host: '127.0.0.1', port: 8080 })
    expect(config?.plugins).to.deep.equal([{ use: 'group-full', enabled: true, options: {} }])
  })

  it('shows only examples that work once they are uncommented', async () => {
    const text = readFileSync(sample, 'utf8')
      .replace(/^#.*$/m, '')
      .replace(/^( *)# (?=[a-zA-Z'-]+:|- use|  )/gm, '$1')
      .replace(/^ *unsigned: true.*$/m, '')
    await inFolder({ 'c.yaml': text }, async (cwd) => {
      const env = {
        TIMHOOK_TOKEN: 'abcd',
        TIMHOOK_ADMIN_TOKEN: 'admin',
        TIMHOOK_SECRET_KEY: 'key',
        CRM_API_KEY: 'k',
        TMS_SECRET_ID: 'id',
        TMS_SECRET_KEY: 'key',
        OPENAI_API_KEY: 'key',
        BROKER_URL: 'amqp://127.0.0.1',
      }
      const { config, faults } = await readConfig('c.yaml', { env, cwd })
      expect(faults, text).to.deep.equal([])
      expect(config?.plugins.map(({ use }) => use)).to.deep.equal([
        'group-full',
        'keyword-filter',
        'moderate',
        'bot',
        'forward',
        'queue',
        'archive',
        '@acme/timhook-plugin-crm',
        './my-plugin.mjs',
      ])
      expect(config?.apps[0]?.tokens).to.deep.equal(['abcd'])
    })
  })
})
