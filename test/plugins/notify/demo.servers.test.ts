import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'

describe('npm run demo:notify', () => {
  it('shows a test message, full groups as one line, throttled cases and their number, and an alert', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/test/demo/notify.js'])
    expect(stdout).to.match(
      /\$ timhook alerts test\n {2}DingTalk shows: \[timhook\] TEST.*\n.* took the message within/,
    )
    expect(stdout).to.match(/WeCom shows: group @TGS#book-club of app \d+ is full/)
    expect(stdout).to.match(/Feishu shows: please look: Ad by spammer-1 in @TGS#book-club\n/)
    expect(stdout).to.match(/DingTalk shows: \[timhook\] ALERT: 1 dead letter of plugin crm/)
    expect(stdout).to.match(/Slack shows: :fire: ALERT dead-letters: 1 dead letter of plugin crm/)
    expect(stdout).to.match(/Feishu shows: … and 9 more of plugin:moderate:review\n/)
    expect(stdout).to.match(/\$ timhook feishu status\n.*\nsent +4 .*\nthrottled +9 .*plugin:moderate:review\n/)
  })
})
