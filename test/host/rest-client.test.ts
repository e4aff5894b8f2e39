import { expect } from 'chai'
import { definePlugin } from '../../core/plugin.ts'
import { startFake } from '../fakes/tencent-rest/fake.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { FULL, full } from '../harness/plugin.ts'
import { serve, UNSIGNED_APP } from '../harness/server.ts'

async function fakeFor(secretKey = 'the-key-of-this-test') {
  const fake = await startFake({ sdkAppId: UNSIGNED_APP, secretKey })
  stopAfterTest(() => fake.close())
  const rest = { baseUrl: `${fake.url}/`, identifier: fake.identifier, secretKey: 'the-key-of-this-test' }
  return { fake, apps: [{ sdkAppId: UNSIGNED_APP, unsigned: true, rest }] }
}

/** A plugin that asks for a group whenever one is full, and says what came of it. */
function asking() {
  return {
    use: definePlugin({
      name: 'asking',
      handlers: {
        [FULL]: {
          retry: { attempts: 1 },
          handle: async ({ rest, emit }) => {
            emit('got', await rest.getGroupInfo({ GroupIdList: ['@TGS#public'] }))
          },
        },
      },
    }),
  }
}

describe('plugins and the REST API', () => {
  it('call it in a handler, for the app of the callback', async () => {
    const { fake, apps } = await fakeFor()
    const { bus, post } = await serve({ apps, plugins: [asking()] })
    const [got, called] = [bus.next('plugin:asking:got'), bus.next('rest:called')]
    await post(FULL, full())
    expect(await got).to.have.nested.property('GroupInfo[0].MemberNum', 200)
    expect(await called).to.deep.include({
      sdkAppId: UNSIGNED_APP,
      api: 'group_open_http_svc/get_group_info',
      outcome: 'ok',
      code: 0,
      attempts: 1,
    })
    expect(fake.calls[0]?.path).to.equal('/v4/group_open_http_svc/get_group_info')
  })

  it('call it in setup, and their calls end with the server', async () => {
    const { fake, apps } = await fakeFor()
    fake.inject({ answer: 'hang' })
    let ended: unknown
    const plugin = definePlugin({
      name: 'starter',
      setup: ({ rest }) => {
        const call = rest(UNSIGNED_APP).call('openim', 'query_online_status', { To_Account: [] })
        return { call: call.catch((error: unknown) => (ended = error)) }
      },
      handlers: {},
      close: ({ call }) => call.then(() => undefined),
    })
    const { server } = await serve({ apps, plugins: [{ use: plugin }] })
    await fake.called('query_online_status')
    await server.stop({ drainMs: 0 })
    expect(ended).to.include({ code: 'REST_ABORTED', outcomeUnknown: true })
  })

  it('get an error if the app has no settings for it, or is not in the config', async () => {
    const codes: unknown[] = []
    const plugin = definePlugin({
      name: 'none',
      setup: async ({ rest }) => {
        for (const app of [UNSIGNED_APP, 5]) {
          await rest(app)
            .getGroupInfo({ GroupIdList: [] })
            .catch((error: { code: string }) => codes.push(error.code))
        }
      },
      handlers: {},
    })
    await serve({ plugins: [{ use: plugin }] })
    expect(codes).to.deep.equal(['REST_NOT_CONFIGURED', 'REST_NOT_CONFIGURED'])
  })

  it('leave failures in the log, but no secret', async () => {
    const { fake, apps } = await fakeFor('another-key')
    const { bus, post, lines } = await serve({ apps, plugins: [asking()] })
    const failed = bus.next('handler:failed')
    await post(FULL, full())
    await failed
    const log = lines.join('')
    expect(log).to.include('"code":70009').and.include('REST calls are paused: settings').and.include('REST_REFUSED')
    expect(log).not.to.include('the-key-of-this-test').and.not.include(fake.calls[0]?.query.get('usersig'))
  })
})
