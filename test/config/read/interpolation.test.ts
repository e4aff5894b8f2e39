import { expect } from 'chai'
import { configOf, faultsOf, MINIMAL, read } from '../support.ts'

const host = (value: string) => `${MINIMAL}server: { host: '${value}' }`
const hostOf = async (value: string, env = {}, files = {}) => (await configOf(host(value), { env, files })).server.host

describe('config: ${…}', () => {
  it('takes a variable', async () => {
    expect(await hostOf('${HOST}', { HOST: '10.0.0.1' })).to.equal('10.0.0.1')
  })

  it('takes several in one text', async () => {
    expect(await hostOf('a.${X}-${Y}.z${X}', { X: '1', Y: '2' })).to.equal('a.1-2.z1')
  })

  it('faults a variable that is not set or empty', async () => {
    expect(await faultsOf(host('${HOST}'))).to.deep.equal([
      'c.yaml:2:17 server.host: the environment variable HOST is not set',
    ])
    expect((await faultsOf(host('${HOST}'), { env: { HOST: '' } }))[0]).to.include('HOST is empty')
  })

  it('takes a default in place of a variable that is not set or empty', async () => {
    expect(await hostOf('${HOST:-::1}')).to.equal('::1')
    expect(await hostOf('${HOST:-::1}', { HOST: '' })).to.equal('::1')
    expect(await hostOf('${HOST:-::1}', { HOST: 'h' })).to.equal('h')
  })

  it('says why a variable is needed', async () => {
    expect((await faultsOf(host('${HOST:?ask the network team}')))[0]).to.include(
      'HOST is not set: ask the network team',
    )
    expect(await hostOf('${HOST:?ask}', { HOST: 'h' })).to.equal('h')
  })

  it('takes a file, without the newline at its end, relative to the config', async () => {
    expect(await hostOf('${file:host.txt}', {}, { 'host.txt': 'h1\n' })).to.equal('h1')
    expect(await hostOf('${file:./host.txt}', {}, { 'host.txt': 'h1\r\n' })).to.equal('h1')
    expect(await hostOf('${file:host.txt}', {}, { 'host.txt': ' h1' })).to.equal(' h1')
  })

  it('faults a file that cannot be read or is empty, by its name', async () => {
    expect((await faultsOf(host('${file:/no/such}')))[0]).to.include('cannot read the file "/no/such" (ENOENT)')
    expect((await faultsOf(host('${file:.}')))[0]).to.include('(EISDIR)')
    expect((await faultsOf(host('${file:a}'), { files: { a: '\n' } }))[0]).to.include('the file "a" is empty')
    expect((await faultsOf(host('${file:}')))[0]).to.include('expected a path')
  })

  it('leaves $${ as a literal ${, and a $ alone', async () => {
    expect(await hostOf('$${HOST}')).to.equal('${HOST}')
    expect(await hostOf('a$b$${c}$${d}${X}$', { X: 'x' })).to.equal('a$b${c}${d}x$')
  })

  it('does not look into what came in', async () => {
    expect(await hostOf('${A}', { A: '${B}', B: 'b' })).to.equal('${B}')
  })

  it('faults a ${ that is not closed', async () => {
    expect((await faultsOf(host('a${HOST')))[0]).to.include(
      '${ without a closing }; write $${ for the characters themselves',
    )
  })

  it('faults a bad name without printing it', async () => {
    for (const bad of ['${}', '${sk-1234567}', '${1A}', '${HOST:default}', '${ HOST }']) {
      expect(await faultsOf(host(bad), { env: { HOST: 'x' } })).to.deep.equal([
        'c.yaml:2:17 server.host: expected ${NAME}, ${NAME:-default}, ${NAME:?why} or ${file:PATH}',
      ])
    }
  })

  it('reports every variable of one text', async () => {
    expect(await faultsOf(host('${A}${B}'))).to.have.length(2)
  })

  it('finds no variables on the prototype of the environment', async () => {
    expect((await faultsOf(host('${constructor}')))[0]).to.include('constructor is not set')
  })

  it('leaves keys alone', async () => {
    const reading = await read(`${MINIMAL}plugins: [{ use: a, options: { '\${K}': 1 } }]`)
    expect(reading.config?.plugins[0]?.options).to.deep.equal({ '${K}': 1 })
  })

  it('tells which values came from it', async () => {
    const { isInterpolated } = await read(`${MINIMAL}server: { host: 'x\${H}', port: '\${P:-1}', path: /a }`, {
      env: { H: 'h' },
    })
    expect(isInterpolated(['server', 'host'])).to.equal('part')
    expect(isInterpolated(['server', 'port'])).to.equal('whole')
    expect(isInterpolated(['server', 'path'])).to.equal(false)
  })
})
