import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'

describe('npm run demo:forward', () => {
  it('shows two receivers: one decides before-callbacks, the other gets after-callbacks', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/test/demo/forward.js'])
    expect(stdout).to.match(/moderation gets Group.CallbackBeforeSendMsg .*hello[\s\S]*answers 200 .*"ErrorCode":0}/)
    expect(stdout).to.match(/moderation gets .*casino[\s\S]*answers 200 .*"ErrorInfo":"not here","ErrorCode":10100}/)
    expect(stdout).to.match(/crm gets Group.CallbackAfterGroupFull /)
  })
})
