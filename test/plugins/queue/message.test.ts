import { expect } from 'chai'
import { messageOf } from '../../../plugins/queue/message.ts'
import { FULL } from '../../harness/plugin.ts'

const about = { id: 'a1', app: { sdkAppId: 1 }, query: {}, receivedAt: 5, raw: '{}', forwardHeaders: {} }
const of = (more: object, partitions?: number) =>
  messageOf({ ...about, command: FULL, orderKey: undefined, ...more }, partitions)

describe('a message of queue', () => {
  it('has a subject of four tokens, whatever the command is', () => {
    for (const [command, subject] of [
      [FULL, `timhook.1.${FULL}`],
      ['Group', 'timhook.1.Group._'],
      ['.', 'timhook.1._._'],
      ['A.b.c', 'timhook.1.A.b_c'],
      ['A. *\r\n>', 'timhook.1.A.___'],
    ] as const) {
      expect(of({ command }).subject).to.equal(subject)
      expect(of({ command }, 4).subject).to.match(/^(?:[\w-]+\.){4}[0-3]$/)
    }
  })

  it('has headers that no text can break', () => {
    const query = { ClientIP: '1\r\nNats-Msg-Id: x', OptPlatform: '' }
    const { headers } = of({ query, orderKey: '1/group/'.padEnd(100_000, 'x'), command: `A.${'b'.repeat(999)}\n` })
    expect(headers).not.to.have.property('timhook-platform')
    expect(headers['timhook-key']).to.match(/^[0-9a-f]{64}$/)
    expect(Object.values(headers).join('')).not.to.match(/[\r\n]/)
    expect(JSON.stringify(headers)).to.have.length.below(1000)
  })

  it('stays in the partition of its order key, and without one in that of its id', () => {
    const orderKey = '1/group/a'
    expect(of({ orderKey, id: 'b' }, 16).partition).to.equal(of({ orderKey, id: 'c' }, 16).partition)
    const spread = Array.from({ length: 100 }, (_, at) => of({ id: String(at) }, 4).partition)
    expect(new Set(spread)).to.deep.equal(new Set([0, 1, 2, 3]))
    expect(of({ id: '7' }, 4).partition).to.equal(spread[7])
  })
})
