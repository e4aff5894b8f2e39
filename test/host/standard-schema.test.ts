import { expect } from 'chai'
import * as v from 'valibot'
import { z } from 'zod'
import { checkConfig } from '../../config/read/read.ts'
import { prepare } from '../../core/runtime.ts'
import { definePlugin } from '../../core/plugin.ts'
import { entry } from '../harness/plugin.ts'
import { apps, serve } from '../harness/server.ts'

const zod = z.object({ words: z.array(z.string()), limit: z.number().default(3), key: z.enum(['a', 'b']).optional() })
const valibot = v.object({ words: v.array(v.string()), limit: v.optional(v.number(), 3) })

/** As arktype has it: the schema is a function. And this one takes its time. */
const callable = Object.assign(() => undefined, {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: async (value: unknown) => {
      const words = (value as { words?: unknown }).words
      return Array.isArray(words)
        ? { value: { words, limit: 3 } }
        : { issues: [{ message: 'no list', path: ['words'] }] }
    },
  },
} as const)

const plugin = (options: unknown): object => ({ ...entry('p', {}), use: { name: 'p', options, handlers: {} } })

async function faults(options: unknown, given: object, env: Record<string, string> = {}): Promise<string[]> {
  const config = { apps, plugins: [{ ...plugin(options), options: given }] }
  const reading = checkConfig(config as never, { env })
  const failed: unknown = await prepare(reading).catch((error: unknown) => error)
  return (failed as { faults?: string[] }).faults ?? []
}

describe('options that follow Standard Schema', () => {
  for (const [vendor, schema] of Object.entries({ zod, valibot, callable })) {
    it(`are checked and filled in, and reach setup as the schema gives them: ${vendor}`, async () => {
      const seen: unknown[] = []
      const use = {
        name: 'p',
        options: schema,
        setup: (all: { options: unknown }) => seen.push(all.options),
        handlers: {},
      }
      await serve({ plugins: [{ use, options: { words: ['x'] } }] })
      expect(seen).to.deep.equal([{ words: ['x'], limit: 3 }])
    })

    it(`are refused at the place of the fault: ${vendor}`, async () => {
      const [fault, ...others] = await faults(schema, { words: 'x' })
      expect(fault).to.match(/^config plugins\[0\]\.options\.words: /)
      expect(others).to.deep.equal([])
    })
  }

  it('name a place within a list', async () => {
    expect((await faults(valibot, { words: ['x', 5] }))[0]).to.match(/^config plugins\[0\]\.options\.words\[1\]: /)
  })

  it('are typed by what the schema gives', () => {
    const plugins = [
      definePlugin({
        name: 'z',
        options: zod,
        setup: ({ options }) => options.limit + options.words.length,
        handlers: {},
      }),
      definePlugin({ name: 'v', options: valibot, setup: ({ options }) => options.limit.toFixed(), handlers: {} }),
      // @ts-expect-error the schema names no such option
      definePlugin({ name: 'n', options: zod, setup: ({ options }) => options.nothing, handlers: {} }),
    ]
    expect(plugins.map(({ name }) => name)).to.deep.equal(['z', 'v', 'n'])
  })

  it('never show a value that came from outside the config', async () => {
    const quoting = v.object({ key: v.number() })
    const [fault] = await faults(quoting, { key: '${KEY}' }, { KEY: 'secret-of-the-environment' })
    expect(fault).to.equal('config plugins[0].options.key: does not fit; the value of ${…} is different')
  })

  it('cause one fault for a variable that is not set', async () => {
    const [fault, ...others] = await faults(zod, { words: ['${NOT_SET}'] })
    expect(fault).to.contain('NOT_SET')
    expect(others).to.deep.equal([])
  })

  it('cause a fault if the schema itself throws', async () => {
    const throws = { '~standard': { version: 1, vendor: 'test', validate: () => Promise.reject(new Error('boom')) } }
    expect((await faults(throws, {}))[0]).to.contain('plugins[0].options: could not be checked: boom')
  })
})
