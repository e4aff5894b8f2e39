import { expect } from 'chai'
import { Type } from 'typebox'
import { checkValue } from '../../../config/check/check.ts'
import { formatFault } from '../../../config/faults.ts'
import { read } from '../support.ts'

const TEXT = `server: { port: x }
plugins:
  - use: a
    retry: { attempts: x }
    options: { mode: maks }
  - use: 5
  - nonsense
  - use: b
    options: []
  - use: c
    enabled: false
    id: '\${UNSET}'
    odd: 1
    options: { to: { key: '\${UNSET}' }, size: '\${SIZE}', prot: 1 }
`

describe('config: plugin entries of a faulty config', () => {
  it('are there when they can be used, without what is faulty', async () => {
    const { config, plugins } = await read(TEXT, { env: { SIZE: '7' } })
    expect(config).to.equal(undefined)
    expect(plugins.map(({ index, use }) => [index, use])).to.deep.equal([
      [0, 'a'],
      [4, 'c'],
    ])
    expect(plugins[0]).to.deep.equal({ index: 0, use: 'a', enabled: true, options: { mode: 'maks' } })
    expect(plugins[1]).to.include({ enabled: false }).and.not.have.any.keys('id', 'odd')
  })

  it('have options that can be checked, with positions, and without a second fault for an unset variable', async () => {
    const { plugins, isInterpolated, locate } = await read(TEXT, { env: { SIZE: '7' } })
    const schemas = [
      Type.Object({ mode: Type.Enum(['mask', 'reject']) }),
      Type.Object({
        to: Type.Union([Type.String(), Type.Object({ key: Type.String() })]),
        size: Type.Integer(),
        port: Type.Integer({ default: 1 }),
      }),
    ]
    const faults = plugins.flatMap((plugin, number) => {
      const path = ['plugins', plugin.index, 'options']
      return checkValue(schemas[number] ?? {}, plugin.options, { path, isInterpolated }).faults
    })
    expect(faults.map((fault) => formatFault(fault, locate))).to.deep.equal([
      'c.yaml:5:22 plugins[0].options.mode: expected one of mask, reject, got "maks" (did you mean mask?)',
      'c.yaml:14:58 plugins[4].options.prot: unknown key "prot"; did you mean "port"?',
    ])
  })
})
