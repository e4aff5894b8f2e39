import { expect } from 'chai'
import { testPlugin } from '../../../core/testing.ts'

const secret = { secretId: 'a', secretKey: 'b' }
const http = { url: 'https://a.example', body: {}, verdict: 'v', values: { pass: ['ok'] } }

async function faultOf(options: object): Promise<string> {
  try {
    const plugin = await testPlugin('moderate', { options })
    await plugin.close()
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('moderate: options', () => {
  for (const [options, expected] of [
    [{}, 'expected one of tms, openai and http'],
    [{ tms: secret, openai: {} }, 'expected one of tms, openai and http'],
    [{ openai: { endpoint: 'chat' } }, 'options.openai.model: expected the name of a model'],
    [{ http: { ...http, body: { text: '{{txt}}' } } }, 'options.http.body: {{txt}} does not exist'],
    [{ http: { ...http, values: {} } }, 'options.http.values.pass: expected the verdicts that let a message pass'],
    [{ tms: secret, media: { kinds: ['video'] } }, 'options.media.kinds: tms judges images only'],
    [{ tms: secret, timeoutMs: 'soon' }, 'timeoutMs'],
    [{ tms: secret, media: { kinds: ['video'], http } }, ''],
  ] as const) {
    it(`${expected === '' ? 'takes' : 'refuses'} ${JSON.stringify(options)}`, async () => {
      const fault = await faultOf(options)
      if (expected === '') expect(fault).to.equal('')
      else expect(fault).to.contain(expected)
    })
  }
})
