import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { triggerCommand } from '../../../core/cli/start/announce.ts'
import { initWarning, npmWarning, quoted } from '../../../core/cli/start/own-command.ts'

const URL_OF_SERVER = 'http://127.0.0.1:9000/'

describe('the commands that timhook start suggests', () => {
  it('names the config that it was started with, and the URL where that config has another one', () => {
    const plain = triggerCommand(URL_OF_SERVER, {})
    expect(plain).to.match(/ trigger Group\.CallbackAfterGroupFull$/)
    expect(triggerCommand(URL_OF_SERVER, { config: 'my config.yaml' })).to.equal(`${plain} --config 'my config.yaml'`)
    expect(triggerCommand(URL_OF_SERVER, { port: 9000 })).to.equal(`${plain} --url ${URL_OF_SERVER}`)
    expect(triggerCommand('http://0.0.0.0:9000/', { host: '0.0.0.0' })).to.equal(`${plain} --url ${URL_OF_SERVER}`)
  })

  it('is quoted as a shell reads it', () => {
    for (const text of ['a', 'a b', "it's", '$HOME', '`x`', 'a"b', 'ä', '']) {
      expect(execFileSync('sh', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' })).to.equal(text)
    }
  })

  it('is a way around npm only where npm has started it and no terminal passes signals on', () => {
    const byNpx = { npm_lifecycle_event: 'npx', npm_lifecycle_script: "'timhook'" }
    expect(npmWarning(byNpx, false)).to.contain('does not pass SIGTERM on')
    expect(npmWarning(byNpx, true)).to.equal(undefined)
    expect(npmWarning({ npm_lifecycle_event: 'test', npm_lifecycle_script: 'mocha' }, false)).to.equal(undefined)
    expect(npmWarning({}, false)).to.equal(undefined)
  })

  it('is one under an init, and as the first process of a container', () => {
    expect(initWarning(1)).to.contain('docker run --init')
    expect(initWarning()).to.equal(undefined)
  })
})
