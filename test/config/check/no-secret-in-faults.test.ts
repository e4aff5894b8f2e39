import { expect } from 'chai'
import * as fc from 'fast-check'
import { Type } from 'typebox'
import { checkValue } from '../../../config/check/check.ts'
import { formatFault } from '../../../config/faults.ts'
import { checkConfig } from '../../../config/read/read.ts'
import { faultsOf, lines } from '../support.ts'

const secret = fc.stringMatching(/^Zq[A-Za-z0-9!#%^&_=+-]{6,20}$/)

/** The secret as it is, or where something else was expected. */
const odd = (text: string) =>
  fc.constantFrom<unknown>(text, [text], [[text]], { [`key`]: text }, [{ a: text }], [text, 5, ''])

const Options = Type.Object({
  key: Type.String({ secret: true, maxLength: 3 }),
  keys: Type.Array(Type.Integer(), { secret: true }),
  deep: Type.Object({ a: Type.Integer() }, { secret: true }),
  either: Type.Union([Type.Integer(), Type.Object({ a: Type.Boolean() })], { secret: true }),
  mode: Type.Enum(['Zqa', 'Zqb']),
  level: Type.Refine(
    Type.String(),
    () => false,
    (value) => `bad ${value}`,
  ),
})

const isInterpolated = (path: readonly unknown[]) => (path[0] === 'mode' || path[0] === 'level' ? 'whole' : false)

describe('config: a fault', () => {
  it('never holds a secret that stands in the wrong place or shape', () => {
    const config = secret.chain((text) =>
      fc.tuple(fc.constant(text), fc.array(odd(text), { minLength: 6, maxLength: 6 })),
    )
    fc.assert(
      fc.property(config, ([text, [a, b, c, d, e, f]]) => {
        const input = {
          admin: { token: a },
          apps: [{ sdkAppId: 'x', tokens: b, rest: { secretKey: c, identifier: [d], token: e } }, { tokens: text }],
          delivery: { redis: { url: [`redis://u:${text}@h`], durability: `redis://:${text}@h` } },
          plugins: [{ use: 5, options: f }],
        }
        for (const line of lines(checkConfig(input as never, { env: {} }))) expect(line).not.to.include(text)
      }),
    )
  })

  it('never holds a value that came from ${…}', () => {
    fc.assert(
      fc.property(secret, (text) => {
        const whole = '${S}'
        const input = {
          server: { port: whole, path: `x${whole}`, deadlineMs: whole, bodyLimit: whole },
          apps: [{ sdkAppId: whole, signatureWindow: `${whole}${whole}`, unsigned: whole }],
          delivery: { engine: whole, redis: whole },
          log: { level: whole },
          plugins: [
            { use: 'a', id: whole, only: { apps: [whole], commands: [`${whole}.x`] }, onFailure: whole },
            { use: 'b', id: whole },
          ],
        }
        const found = lines(checkConfig(input as never, { env: { S: text } }))
        expect(found.length).to.be.greaterThan(9)
        for (const line of found) expect(line).not.to.include(text)
      }),
    )
  })

  it('never holds an option that its schema marks, nor one that was interpolated', () => {
    fc.assert(
      fc.property(secret, odd('Zq'), (text, shape) => {
        const marked = { key: text, keys: [text, [text]], deep: { a: text }, either: { a: text } }
        const given = { ...marked, mode: text, level: text, keys2: shape }
        const { faults } = checkValue(Options, given, { isInterpolated })
        expect(faults.length).to.be.greaterThan(5)
        for (const fault of faults)
          expect(formatFault(fault, () => ({ file: 'f', line: 0, column: 0 }))).not.to.include(text)
      }),
    )
  })

  it('never quotes the file where its YAML is wrong', async () => {
    for (const value of [
      '*SECRET',
      '!SECRET',
      '@SECRET',
      '"SECRET',
      '%SECRET',
      '&SECRET *SECRET',
      '[SECRET',
      '{SECRET: [}',
      '"\\q SECRET"',
      'x: SECRET: y',
      '|SECRET',
      '`SECRET',
    ]) {
      const faults = await faultsOf(`apps: [{ sdkAppId: 1, tokens: [a] }]\nadmin:\n  token: ${value}\n%SECRET\n`)
      expect(faults.length).to.be.greaterThan(0)
      expect(faults.join('\n')).not.to.include('SECRET')
    }
  })
})
