import { expect } from 'chai'
import { Type } from 'typebox'
import { checkValue } from '../../../config/check/check.ts'
import { configOf, faultsOf, MINIMAL } from '../support.ts'

const whole = { isInterpolated: () => 'whole' as const }

const check = (schema: object, text: string) => checkValue(schema, text, whole)

describe('config: the type of a value that is one ${…}', () => {
  it('is the one that the config expects', async () => {
    const env = { PORT: '9000', ID: '1400000001', UNSIGNED: 'true', WINDOW: '5000', LIMIT: '2mb', LEVEL: 'warn' }
    const config = await configOf(
      `server: { port: '\${PORT}', bodyLimit: '\${LIMIT}' }
apps: [{ sdkAppId: '\${ID}', unsigned: '\${UNSIGNED}', signatureWindow: '\${WINDOW}' }]
log: { level: '\${LEVEL}' }`,
      { env },
    )
    expect(config.server).to.include({ port: 9000, bodyLimit: 2 * 1024 * 1024 })
    expect(config.apps[0]).to.deep.equal({ sdkAppId: 1400000001, tokens: [], unsigned: true, signatureWindow: 5000 })
    expect(config.log.level).to.equal('warn')
  })

  it('stays text where text is expected', async () => {
    const config = await configOf(`apps: [{ sdkAppId: 1, tokens: ['\${T}'] }]`, { env: { T: '12345' } })
    expect(config.apps[0]?.tokens).to.deep.equal(['12345'])
  })

  it('is not guessed for a text that contains more than the ${…}', async () => {
    expect(await faultsOf(`${MINIMAL}server: { port: '80\${X}' }`, { env: { X: '80' } })).to.have.length(1)
  })

  it('is a fault that does not show the value when it does not fit', async () => {
    expect(await faultsOf(`${MINIMAL}server: { port: '\${X}' }`, { env: { X: 'eighty' } })).to.deep.equal([
      'c.yaml:2:17 server.port: expected integer from 0 to 65535; the value of ${…} is different',
    ])
  })

  it('follows the schema of plugin options too', () => {
    expect(check(Type.Number(), ' 1.5 ').value).to.equal(1.5)
    expect(check(Type.Number(), '').faults).to.have.length(1)
    expect(check(Type.Integer(), '1.5').faults).to.have.length(1)
    expect(check(Type.Boolean(), 'FALSE').value).to.equal(false)
    expect(check(Type.Boolean(), 'yes').faults).to.have.length(1)
    expect(check(Type.Union([Type.Literal(1), Type.Literal(2)]), '2').value).to.equal(2)
    expect(check(Type.Enum([10, 20]), '10').value).to.equal(10)
    expect(check(Type.Union([Type.Boolean(), Type.Integer()]), '7').value).to.equal(7)
    expect(check({ type: ['integer', 'null'] }, '7').value).to.equal(7)
    expect(check({ type: ['integer', 'string'] }, '7').value).to.equal('7')
  })
})
