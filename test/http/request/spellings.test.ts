import { expect } from 'chai'
import { errorBody } from '../../harness/answers.ts'
import { recorder } from '../../harness/recorder.ts'
import { serve, signed, SIGNED_APP, UNSIGNED_APP } from '../../harness/server.ts'

/** Posts to a target with this query, and gives what the plugin got of it. */
async function sent(query: string): Promise<{ status: number; text: string; command?: string; query?: object }> {
  const { plugins, calls } = recorder()
  const { request, server } = await serve({ plugins })
  const { status, text } = await request(`/?${query}`, { method: 'POST', body: '{}' })
  await server.stop({ drainMs: 0, graceMs: 1000 })
  const [call] = calls
  return { status, text, ...(call && { command: call.command, query: { ...call.query, app: call.app.sdkAppId } }) }
}

describe('a parameter in another spelling', () => {
  for (const query of [
    `SdkAppId=${UNSIGNED_APP}&CallbackCommand=X.Y`,
    `SDKAppID=${UNSIGNED_APP}&callbackcommand=X.Y`,
    `sdkappid=${UNSIGNED_APP}&CALLBACKCOMMAND=X.Y`,
    `sdk%41ppid=${UNSIGNED_APP}&callbackCommand=X%2EY`,
  ])
    it(`counts where the exact one is missing: ${query}`, async () => {
      const { status, command, query: given } = await sent(query)
      expect([status, command]).to.deep.equal([200, 'X.Y'])
      expect(given).to.include({ app: UNSIGNED_APP })
    })

  it('counts for Sign and RequestTime too', async () => {
    const { Sign = '', RequestTime = '' } = signed()
    const { status } = await sent(`SdkAppId=${SIGNED_APP}&sign=${Sign}&requesttime=${RequestTime}&CallbackCommand=X.Y`)
    expect(status).to.equal(200)
    const wrong = await sent(`SdkAppid=${SIGNED_APP}&sign=${Sign}0&requesttime=${RequestTime}&CallbackCommand=X.Y`)
    expect(wrong.status).to.equal(401)
  })

  it('does not count next to the exact one', async () => {
    const { status, command } = await sent(
      `sdkappid=5&SDKAPPID=6&SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y&callbackcommand=X.Z`,
    )
    expect([status, command]).to.deep.equal([200, 'X.Y'])
    const foreign = await sent(`SdkAppid=5&SdkAppId=${UNSIGNED_APP}&CallbackCommand=X.Y`)
    expect(foreign.status).to.equal(403)
  })

  it('is given twice where there are two of them', async () => {
    const { status, text } = await sent(`sdkappid=${UNSIGNED_APP}&SdkAppId=${UNSIGNED_APP}&CallbackCommand=X.Y`)
    expect([status, text]).to.deep.equal([400, errorBody(400, 'SdkAppid: given twice')])
  })

  it('is named where the signature is missing', async () => {
    const { status, text } = await sent(`SdkAppid=${SIGNED_APP}&CallbackCommand=X.Y&sgin=a`)
    const reason = 'Sign and RequestTime are required for this app; the URL has sgin'
    expect([status, text]).to.deep.equal([401, errorBody(401, reason)])
  })
})

describe('a further ? in the query', () => {
  const ours = `SdkAppid=${UNSIGNED_APP}`
  const both = `${ours}&CallbackCommand=X.Y`
  const cases: [what: string, query: string, given: object][] = [
    ['of a callback URL with a query of its own', `token=a?b?${both}`, { token: 'a?b' }],
    ['before a parameter in another spelling', `token=a?sdkappid=${UNSIGNED_APP}&CallbackCommand=X.Y`, { token: 'a' }],
    ['in the middle of them', `${ours}?CallbackCommand=X.Y?contenttype=json`, { contenttype: 'json' }],
    ['behind the command', `${both}?ClientIP=1.1.1.1&OptPlatform=RESTAPI`, { ClientIP: '1.1.1.1' }],
    ['before one without a value', `${both}?Sign`, { Sign: '' }],
    ['before one that is given already', `${both}&back=http://a/?SdkAppid=5`, { back: 'http://a/?SdkAppid=5' }],
    ['before one that only begins so', `${both}&back=/?Signature=5`, { back: '/?Signature=5' }],
    ['before another name', `${both}&back=/?b=5?c`, { back: '/?b=5?c' }],
    ['that is encoded', `${both}&back=a%3FClientIP=5`, { back: 'a?ClientIP=5' }],
    ['at the beginning', `?${both}`, { SdkAppid: `${UNSIGNED_APP}` }],
  ]
  for (const [what, query, given] of cases)
    it(`${what} is read as it is meant`, async () => {
      const { status, command, query: all } = await sent(query)
      expect([status, command]).to.deep.equal([200, 'X.Y'])
      expect(all).to.include({ app: UNSIGNED_APP, ...given })
    })
})
