import { expect } from 'chai'
import { eventsOf, serve, UNSIGNED_APP } from '../../harness/server.ts'
import { activeGroup, bench, fakeWith, GROUP, QUICK, removals, THREE_INACTIVE } from './support.ts'

describe('group-full tells', () => {
  it('the group, where the options say so, once', async () => {
    const announce = { full: 'This group is full.', roomMade: 'There is room for {free}.' }
    const { fake, run, bus } = await bench([activeGroup({}, THREE_INACTIVE)], { announce })
    const made = bus.next('plugin:group-full:room-made')
    await run()
    const texts = fake.callsOf('send_group_msg').map(({ body }) => JSON.stringify(body['MsgBody']))
    expect(texts[0]).to.include('This group is full.')
    expect(texts[1]).to.include('There is room for 1.')
    expect(texts).to.have.length(2)
    expect(await made).to.include({ group: GROUP, removed: 1, free: 1, outcome: 'removed' })
  })

  it('observers of a removal, with the accounts, before it is sent', async () => {
    const { fake, run, bus } = await bench([activeGroup({}, THREE_INACTIVE)])
    const calls: number[] = []
    const told = eventsOf(bus, 'plugin:group-full:removing')
    bus.on('plugin:group-full:removing', () => void calls.push(removals(fake).length))
    const { run: id } = await run()
    expect(calls).to.deep.equal([0])
    expect(told[0]).to.deep.include({ run: id, group: GROUP, accounts: ['g-6'] })
  })

  it('nobody in a dry run', async () => {
    const announce = { full: 'full', roomMade: 'room' }
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)], { mode: 'dry-run', announce, raiseCapTo: 30 })
    expect(await run()).to.include({ outcome: 'dry-run' })
    expect(fake.callsOf('send_group_msg')).to.deep.equal([])
    expect(fake.callsOf('modify_group_base_info')).to.deep.equal([])
  })

  it('and a message that cannot be sent, or of which nobody knows, is sent once and changes nothing', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)], { announce: { full: 'full' } })
    fake.inject({ command: 'send_group_msg', answer: 'drop' })
    expect(await run()).to.include({ outcome: 'removed' })
    expect(fake.callsOf('send_group_msg')).to.have.length(1)
  })

  it('an operator at every start that an unsigned app may have members removed', async () => {
    const { fake } = await fakeWith([])
    const rest = { baseUrl: fake.url, identifier: fake.identifier, secretKey: fake.secretKey }
    const apps = [{ sdkAppId: UNSIGNED_APP, unsigned: true, rest }]
    const warned = async (mode: string): Promise<boolean> => {
      const { lines } = await serve({ apps, plugins: [{ use: 'group-full', options: { ...QUICK, mode } }] })
      return lines.some((line) => line.includes('have members of full groups removed'))
    }
    expect([await warned('remove'), await warned('dry-run'), await warned('record')]).to.deep.equal([
      true,
      false,
      false,
    ])
  })

  it('hashes in place of accounts, where the options say so', async () => {
    const { run, server } = await bench([activeGroup({}, THREE_INACTIVE)], {
      hashAccounts: true,
      protectedAccounts: ['g-9'],
    })
    expect((await run()).requested[0]).to.match(/^[0-9a-f]{24}$/)
    const store = server.running.stores.of('group-full')
    const text = JSON.stringify([await store.list(''), await store.records('run')])
    expect(text).not.to.match(/g-\d/)
  })
})
