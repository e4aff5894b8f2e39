import { expect } from 'chai'
import { activeGroup, bench, commandsOf, removals, THREE_INACTIVE } from './support.ts'

describe('group-full makes room', () => {
  it('case 1: of three who may go, the one who has been inactive for the longest does', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)])
    const record = await run()
    expect(removals(fake)).to.deep.equal([['g-6']])
    expect(record).to.include({ outcome: 'removed', seen: 20, need: 1, allowed: 1, confirmed: 1 })
    expect(record.excluded).to.deep.equal({ role: 2, active: 15 })
    expect(commandsOf(fake)).to.deep.equal([
      'get_group_info',
      'get_group_member_info',
      'get_group_info',
      'get_specified_group_member_info',
      'delete_group_member',
      'get_group_info',
      'get_role_in_group',
    ])
  })
})
