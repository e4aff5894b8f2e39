import { expect } from 'chai'
import { makeUserSig } from '../../core/rest/client/usersig.ts'
import { startFake, type FakeSettings, type FakeTencent } from '../fakes/tencent-rest/fake.ts'
import { makeGroup } from '../fakes/tencent-rest/groups.ts'
import { stopAfterTest } from '../harness/hooks.ts'

describe('the fake of the REST API', () => {
  let fake: FakeTencent

  async function post(
    query: Record<string, string>,
    body = '{}',
    path = 'openim/query_online_status',
    method = 'POST',
  ) {
    const { sdkAppId, secretKey, identifier } = fake
    const usersig = makeUserSig({ sdkAppId, secretKey, identifier }, Math.floor(Date.now() / 1000))
    const standard = { sdkappid: `${sdkAppId}`, identifier, usersig, random: '5', contenttype: 'json' }
    const parameters = new URLSearchParams({ ...standard, ...query })
    const init = method === 'GET' ? {} : { method, body }
    const response = await fetch(`${fake.url}/v4/${path}?${parameters.toString()}`, init)
    expect(response.status).to.equal(200)
    return ((await response.json()) as { ErrorCode: number }).ErrorCode
  }

  const sig = (more: object, at = Math.floor(Date.now() / 1000)): string => {
    const { sdkAppId, secretKey, identifier } = fake
    return makeUserSig({ sdkAppId, secretKey, identifier, ...more }, at)
  }

  async function start(settings: FakeSettings = {}): Promise<void> {
    const started = await startFake(settings)
    stopAfterTest(() => started.close())
    fake = started
  }

  beforeEach(() => start())

  it('checks the parameters of the URL', async () => {
    const cases: [Record<string, string>, number][] = [
      [{ sdkappid: '' }, 60012],
      [{ contenttype: 'xml' }, 60025],
      [{ random: '4294967296' }, 60025],
      [{ random: '-1' }, 60025],
      [{ identifier: '' }, 60025],
      [{ sdkappid: '5' }, 70020],
    ]
    for (const [query, code] of cases) expect(await post(query), JSON.stringify(query)).to.equal(code)
    expect(await post({}, '', undefined, 'GET')).to.equal(60002)
    expect(await post({ random: '4294967295' }, '{"To_Account":[]}')).to.equal(0)
  })

  it('verifies the UserSig', async () => {
    const cases: [Record<string, string>, number][] = [
      [{ usersig: '' }, 70002],
      [{ usersig: 'eJx' }, 70003],
      [{ usersig: sig({ sdkAppId: 5 }) }, 70014],
      [{ usersig: sig({ identifier: 'x' }) }, 70013],
      [{ usersig: sig({}, 1_700_000_000) }, 70001],
      [{ usersig: sig({ secretKey: 'x' }) }, 70009],
      [{ usersig: sig({ identifier: 'x' }), identifier: 'x' }, 60010],
    ]
    for (const [query, code] of cases) expect(await post(query), JSON.stringify(query)).to.equal(code)
    for (let n = 0; n < 4; n++) await post({ usersig: '' })
    expect(await post({})).to.equal(70050)
  })

  it('checks service, command and body', async () => {
    expect(await post({}, '{}', 'nothing/x')).to.equal(60009)
    expect(await post({}, '{}', 'openim/x')).to.equal(10003)
    expect(await post({}, '')).to.equal(90001)
    expect(await post({}, '', 'group_open_http_svc/get_role_in_group')).to.equal(60003)
    expect(await post({}, '{"To_Account":[5]}')).to.equal(60015)
  })

  it('counts calls', async () => {
    const now = Date.now()
    await start({ now: () => now, perSecond: 2 })
    const codes = [await post({}, '{"To_Account":[]}'), await post({}, '{"To_Account":[]}'), await post({})]
    expect(codes).to.deep.equal([0, 0, 60007])
  })

  it('notes who asks to remove an owner or an admin, and tells the app of what happens', async () => {
    const told: string[] = []
    let tell: () => void = () => undefined
    const all = new Promise<void>((resolve) => (tell = resolve))
    await start({
      groups: [makeGroup({ id: 'g', cap: 5 })],
      accounts: ['new'],
      onCallback: (command) => void (told.push(command) === 2 && tell()),
    })
    const service = 'group_open_http_svc'
    await post({}, '{"GroupId":"g","MemberToDel_Account":["g-1"]}', `${service}/delete_group_member`)
    await post({}, '{"GroupId":"g","MemberList":[{"Member_Account":"new"}]}', `${service}/add_group_member`)
    await all
    expect(told).to.deep.equal(['Group.CallbackAfterMemberExit', 'Group.CallbackAfterGroupFull'])
    expect(fake.world.protectedRemovals).to.deep.equal([{ group: 'g', account: 'g-1' }])
  })
})
