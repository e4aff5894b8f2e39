import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'

describe('npm run demo:archive', () => {
  it('finds messages, blanks a recalled one, gets a lost one from Tencent, and exports them all', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/test/demo/archive.js'])
    expect(stdout).to.match(/\$ timhook archive search 北京\n.*\n.*See you in 北京 then\n.*我们周五在北京大学见面\n/)
    expect(stdout).to.match(/--fill\nfrom +to +missing +filled +left\n3 +3 +1 +1 +0\n/)
    const rows = stdout.slice(stdout.indexOf('app,chat')).trim().split('\r\n').slice(1)
    expect(rows).to.have.length(4)
    expect(rows[2]).to.include('message 3, whose callback was lost')
    expect(stdout).not.to.include('a secret that was recalled')
  })
})
