import { expect } from 'chai'
import { maskConfig } from '../../../config/read/mask.ts'
import { configOf, faultsOf, lines, read } from '../support.ts'

const app = (rest: string) => `apps: [{ sdkAppId: 1, unsigned: true, rest: { ${rest} } }]\n`
const as = 'identifier: administrator, secretKey: the-secret-key'

describe('config: the REST API of an app', () => {
  it('takes a region or a base URL', async () => {
    expect((await configOf(app(`region: silicon-valley, ${as}`))).apps[0]?.rest).to.include({
      region: 'silicon-valley',
    })
    for (const baseUrl of ['https://console.tim.qq.com', 'http://127.0.0.1:9000/', 'https://[::1]:1/a/b']) {
      expect((await configOf(app(`baseUrl: '${baseUrl}', ${as}`))).apps[0]?.rest).to.include({ baseUrl })
    }
  })

  it('takes exactly one of them', async () => {
    expect(await faultsOf(app(as))).to.deep.equal([
      'c.yaml:1:45 apps[0].rest: expected region (one of china, singapore, seoul, tokyo, frankfurt, silicon-valley, ' +
        'jakarta, riyadh, mumbai), or baseUrl',
    ])
    const both = await faultsOf(app(`region: china, baseUrl: 'https://a.example', ${as}`))
    expect(both).to.have.length(1)
    expect(both[0]).to.match(/ apps\[0\]\.rest\.baseUrl: contradicts region: expected one of the two$/)
  })

  it('names the regions that there are', async () => {
    const [line, ...others] = await faultsOf(app(`region: singapur, ${as}`))
    expect(others).to.deep.equal([])
    expect(line).to.include('expected one of china, singapore, seoul').and.to.include('singapore')
  })

  it('refuses a base URL to which no path can be added, or that holds a password', async () => {
    const bad = ['ftp://a.example', 'a.example', '/v4', 'https://', 'https://a.example?x', 'https://a.example/#x', '']
    for (const baseUrl of [...bad, 'https://user:hush@a.example']) {
      const faults = await faultsOf(app(`baseUrl: '${baseUrl}', ${as}`))
      expect(faults, baseUrl).to.have.length(1)
      expect(faults[0]).to.include('apps[0].rest.baseUrl: expected an http or https URL').and.not.include('hush')
    }
  })

  it('refuses an identifier that no UserSig can be made for', async () => {
    for (const identifier of ['""', '"a\\nb"']) {
      const [line] = await faultsOf(app(`region: china, identifier: ${identifier}, secretKey: k`))
      expect(line).to.include('apps[0].rest.identifier: expected the account of an administrator')
    }
    expect(await faultsOf(app('region: china'))).to.have.length(2)
  })

  it('masks the key', async () => {
    const { config, secrets } = await read(app(`region: china, ${as}`))
    expect(JSON.stringify(maskConfig(config, secrets)))
      .to.include('"secretKey":"***"')
      .and.not.include('the-secret-key')
  })

  it('warns of a UserSig that anyone on the way can read', async () => {
    const warningsOf = async (baseUrl: string) => {
      const { warnings, locate } = await read(app(`baseUrl: '${baseUrl}', ${as}`))
      return lines({ faults: warnings, locate })
    }
    expect((await warningsOf('http://proxy.example:80'))[0]).to.include('rest.baseUrl: anyone on the way can read')
    for (const url of ['https://a.example', 'http://127.0.0.1:1', 'http://localhost', 'http://[::1]:1/x']) {
      expect(await warningsOf(url), url).to.deep.equal([])
    }
  })
})
