import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'

describe('npm run demo:bot', () => {
  it('shows a streamed answer, a bot without one, and a loop that ends after three turns', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/test/demo/bot.js'])
    expect(stdout).to.match(/jared writes.*hello\n {2}@RBT#helper streams: This is answer 1\./)
    expect(stdout).to.match(/another bot\n {2}no answer/)
    const loop = stdout.slice(stdout.indexOf('Somebody who'))
    expect(loop.match(/streams: This is answer/g)).to.have.length(2)
    expect(loop.match(/no answer/g)).to.have.length(2)
  })
})
