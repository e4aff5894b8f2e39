import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'

describe('npm run demo:moderate', () => {
  it('shows a pass, a block, one from the cache, a review, an outage, and a recall', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/test/demo/moderate.js'])
    expect(stdout).to.match(
      /garden\n.*"ErrorCode":0[\s\S]*casino\n.*"ErrorCode":10100.*\n {2}TMS has been asked 2 times/,
    )
    expect(stdout).to.match(/from the cache[\s\S]*"ErrorCode":10100.*\n {2}TMS has been asked 2 times/)
    expect(stdout).to.match(/chat gets: please look: Ad by jared in @TGS#book-club/)
    expect(stdout).to.match(/anybody there\?\n.*"ErrorCode":0/)
    expect(stdout).to.match(/recalls it: .*"MsgSeq":7.*"code":0/)
  })
})
