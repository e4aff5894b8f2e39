import { statSync } from 'node:fs'
import { expect } from 'chai'
import { describeBadInput } from './bad-input-contract.ts'
import { describeGroups } from './groups-contract.ts'
import { describeMessages } from './messages-contract.ts'
import { describeRandomRun } from './random-contract.ts'
import { describeSearch } from './search-contract.ts'
import { open, sqliteUrl } from './support.ts'

describeMessages('sqlite', sqliteUrl)
describeGroups('sqlite', sqliteUrl)
describeSearch('sqlite', sqliteUrl)
describeBadInput('sqlite', sqliteUrl)
describeRandomRun('sqlite', sqliteUrl, 1000)

describe('archive in a file', () => {
  it('is readable by its owner alone', async () => {
    const url = await sqliteUrl()
    await open(url)
    expect(statSync(url.replace('sqlite:', '')).mode & 0o777).to.equal(0o600)
  })
})
