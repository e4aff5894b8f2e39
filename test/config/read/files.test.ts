import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { TimhookError } from '../../../core/errors.ts'
import { findConfig } from '../../../config/read/find.ts'
import { readConfig } from '../../../config/read/read.ts'
import { configOf, faultsOf, inFolder, lines, MINIMAL } from '../support.ts'

const JSON_CONFIG = `{\n\t"apps": [\n\t\t{ "sdkAppId": 5, "unsigned": true }\n\t],\n\t"server": { "port": "x" }\n}`

const codeOf = (run: () => unknown) => {
  try {
    return run()
  } catch (error) {
    return error instanceof TimhookError ? `${error.code}: ${error.message}; ${error.hint}` : error
  }
}

describe('config: the file', () => {
  it('may be JSON, with positions', async () => {
    expect(await faultsOf(JSON_CONFIG, { name: 'c.json' })).to.deep.equal([
      'c.json:5:22 server.port: expected integer from 0 to 65535, got "x"',
    ])
    expect((await configOf(JSON_CONFIG.replace('"x"', '1'), { name: 'c.json' })).server.port).to.equal(1)
  })

  it('may start with a byte order mark and have CRLF lines', async () => {
    expect((await configOf(`\uFEFF${MINIMAL}server:\r\n  port: 5\r\n`)).server.port).to.equal(5)
    expect((await faultsOf(`\uFEFFapps:\r\n  - sdkAppId: x\r\n    unsigned: true`))[0]).to.match(/^c\.yaml:2:15 /)
  })

  it('must be UTF-8', async () => {
    expect(await faultsOf(Buffer.from('apps: \xff', 'latin1'))).to.deep.equal([
      'c.yaml: is not UTF-8 text; save it in that encoding',
    ])
    expect(await faultsOf(Buffer.from(`\uFEFF${MINIMAL}`, 'utf16le'))).to.have.length(1)
  })

  it('must hold something', async () => {
    for (const text of ['', '# only a comment\n', '---\n', 'null']) {
      expect(await faultsOf(text)).to.deep.equal([
        'c.yaml: is empty; expected at least apps (`timhook init` writes a sample)',
      ])
    }
    expect((await faultsOf('hello'))[0]).to.equal(
      'c.yaml:1:1: expected a config with the sections server, apps, plugins and so on, got text',
    )
    expect((await faultsOf('- 1'))[0]).to.match(/got a list$/)
  })

  it('must be there and of a size that a person may have written', async () => {
    expect(await inFolder({}, async (cwd) => lines(await readConfig('no.yaml', { env: {}, cwd })))).to.deep.equal([
      'no.yaml: cannot be read (ENOENT)',
    ])
    expect(await faultsOf(`# ${'x'.repeat(1024 * 1024)}`)).to.deep.equal([
      'c.yaml: is larger than 1 MiB; expected a config',
    ])
  })

  it('is named relative to the working directory, or whole outside of it', async () => {
    await inFolder({ 'c.yaml': MINIMAL }, async (folder) => {
      mkdirSync(join(folder, 'sub'))
      const outside = await readConfig('../c.yaml', { env: {}, cwd: join(folder, 'sub') })
      expect(outside).to.include({ file: join(folder, 'c.yaml'), folder })
      expect(await readConfig(join(folder, 'c.yaml'), { env: {}, cwd: folder })).to.include({ file: 'c.yaml', folder })
    })
  })
})

describe('config: finding the file', () => {
  it('takes the one named, else config/plugins.yaml', async () => {
    await inFolder({ 'a.yaml': '' }, (folder) => {
      expect(findConfig('a.yaml', folder)).to.equal(join(folder, 'a.yaml'))
      expect(findConfig(join(folder, 'a.yaml'), '/')).to.equal(join(folder, 'a.yaml'))
    })
    expect(findConfig(undefined, process.cwd())).to.equal(join(process.cwd(), 'config', 'plugins.yaml'))
  })

  it('says how to create one if there is none', async () => {
    await inFolder({}, (folder) => {
      expect(codeOf(() => findConfig(undefined, folder))).to.match(
        /^CONFIG_NOT_FOUND: no config file config.plugins\.yaml; `timhook init` writes one/,
      )
      expect(codeOf(() => findConfig('b.yaml', folder))).to.match(
        /^CONFIG_NOT_FOUND: no config file b\.yaml; `timhook init`/,
      )
      expect(codeOf(() => findConfig('.', folder))).to.match(/^CONFIG_NOT_FOUND: \. is a folder/)
    })
  })
})
