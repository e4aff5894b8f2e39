import { expect } from 'chai'
import { findUnsupported } from '../../../config/schema/unsupported.ts'
import { configOf, faultsOf, MINIMAL } from '../support.ts'

describe('config: what this version does not support yet', () => {
  const cases: [path: string, text: string][] = [
    ['plugins[0].isolate', `${MINIMAL}plugins: [{ use: a, isolate: true }]`],
  ]
  for (const [path, text] of cases) {
    it(`is refused by name: ${path} in ${text.split('\n').at(-1) || text.trim()}`, async () => {
      const faults = await faultsOf(text)
      expect(faults).to.have.length(1)
      expect(faults[0]).to.include(` ${path}: is not supported yet in this version; `)
    })
  }

  it('is not said of a value that is wrong anyway', async () => {
    expect(await faultsOf(`${MINIMAL}delivery: { engine: sqlit }`)).to.have.length(1)
    expect(await faultsOf(`${MINIMAL}delivery: { engine: '\${E}' }`)).to.have.length(1)
  })

  it('may be spelt out where it is off', async () => {
    expect(await configOf(`${MINIMAL}admin: false\ndelivery: { engine: memory }`)).to.include({ admin: false })
  })

  it('is supported as soon as its line is gone from the table', () => {
    expect(findUnsupported({ server: { tls: {} } }, [])).to.deep.equal([])
  })
})
