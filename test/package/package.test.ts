import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'
import { proseOf } from '../readme/readmes.ts'
import { exec, installed, packInto } from './install.ts'

describe('the published package', () => {
  it('runs its command, loads its shipped plugin, and gives authors its entries', async function () {
    const cwd = await installed()
    const bin = join(cwd, 'node_modules/timhook/dist/core/cli/main.js')
    expect((await exec(process.execPath, [bin, 'init'], { cwd })).stdout).to.contain('wrote config/plugins.yaml')
    expect((await exec(process.execPath, [bin, 'check'], { cwd })).stdout).to.contain('plugins group-full')

    await writeFile(
      join(cwd, 'use.mjs'),
      `import { createDispatcher, defineConfig, TimhookError } from 'timhook'
       import { definePlugin, Type } from 'timhook/plugin'
       import { testPlugin } from 'timhook/testing'
       console.log([createDispatcher, defineConfig, TimhookError, definePlugin, Type.Object, testPlugin].map((one) => typeof one).join())`,
    )
    expect((await exec(process.execPath, ['use.mjs'], { cwd })).stdout).to.equal(
      'function,function,function,function,function,function\n',
    )
  })

  it('says what to install for a broker', async function () {
    const cwd = await installed()
    const bin = join(cwd, 'node_modules/timhook/dist/core/cli/main.js')
    for (const [url, install] of [
      ['amqp://me:secret@a', 'amqp://… needs amqplib: npm install amqplib'],
      ['nats://me:secret@a', 'npm install @nats-io/transport-node @nats-io/jetstream'],
      ['redis://me:secret@a', 'npm install ioredis'],
    ] as const) {
      const entry = { use: 'queue', options: { url } }
      const config = { apps: [{ sdkAppId: 1, unsigned: true }], plugins: [entry] }
      await writeFile(join(cwd, 'a.json'), JSON.stringify(config))
      const failed = await exec(process.execPath, [bin, 'check', '--config', 'a.json'], { cwd }).catch(
        (error: unknown) => error as { code: number; stderr: string },
      )
      expect(failed).to.include({ code: 78 })
      expect(failed.stderr).to.contain(install).and.not.to.contain('secret')
    }
  })

  it('says what to install for an engine, and needs none of it for sqlite', async function () {
    const cwd = await installed()
    const bin = join(cwd, 'node_modules/timhook/dist/core/cli/main.js')
    const configure = (delivery: object): Promise<void> =>
      writeFile(join(cwd, 'a.json'), JSON.stringify({ apps: [{ sdkAppId: 1, unsigned: true }], plugins: [], delivery }))
    for (const [engine, driver] of [
      ['redis', 'ioredis'],
      ['postgres', 'pg'],
    ] as const) {
      await configure({ engine, [engine]: { url: `${engine}://127.0.0.1:9/0` } })
      for (const [command, code] of [
        ['check', 78],
        ['start', 78],
        ['events', 1],
      ] as const) {
        const failed = await exec(process.execPath, [bin, command, '--config', 'a.json'], { cwd }).catch(
          (error: unknown) => error as { code: number; stderr: string },
        )
        expect(failed, command).to.include({ code })
        expect(failed.stderr).to.contain(`${engine} needs the package ${driver}: npm install ${driver}`)
      }
    }
    await configure({ engine: 'sqlite', sqlite: { file: 'a.db' } })
    const failed = await exec(process.execPath, [bin, 'erase', '--account', 'a', '--config', 'a.json'], { cwd }).catch(
      (error: unknown) => error as { stderr: string },
    )
    expect(failed.stderr).to.match(/^there is no .*a\.db\n/)
  })

  it('has types that resolve, and a manifest without faults', async function () {
    const cwd = await folderWith({})
    const tarball = await packInto(cwd)
    // Both exit with 1 on any problem. They are given the packed file: packing again would rebuild during the tests.
    await exec('npx', ['publint', '--strict', tarball])
    await exec('npx', ['attw', '--profile', 'esm-only', tarball])
  })

  it('holds no tests, no sources and nothing of the workplace', async function () {
    const paths = await packedFiles()
    expect(paths.filter((path) => /^(?:test|core|dist\/test)\//.test(path) || path.endsWith('.map'))).to.deep.equal([])
    expect(paths).to.include.members(['dist/core/index.js', 'dist/core/plugin.d.ts', 'config/plugins.yaml', 'LICENSE'])
    const scripts = (await readdir('core', { recursive: true })).filter((path) => path.endsWith('.lua'))
    expect(scripts.length).to.be.above(10)
    expect(paths).to.include.members(scripts.map((path) => `dist/core/${path}`))
  })

  it('has all that the READMEs link to, and runs nothing when it is installed', async function () {
    const paths = await packedFiles()
    for (const file of ['README.md', 'README.zh.md']) {
      const links = [...proseOf(await readFile(file, 'utf8')).matchAll(/\]\(([^)#\s]+)/g)].map(([, link = '']) => link)
      const missing = links
        .filter((link) => !link.startsWith('https://'))
        .filter((link) => !paths.some((path) => path === link || path.startsWith(`${link}/`)))
      expect(missing, file).to.deep.equal([])
    }
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> }
    expect(scripts).not.to.have.any.keys('preinstall', 'install', 'postinstall', 'prepare')
  })

  it('takes at most 25 MB with what it needs, and 45 MB with what it may use', async function () {
    const cwd = await folderWith({})
    const tarball = await packInto(cwd)
    for (const [omit, most] of [
      [['--omit=optional'], 25],
      [[], 45],
    ] as const) {
      const folder = await folderWith({ 'package.json': '{}' })
      await exec('npm', ['install', '--silent', '--no-audit', ...omit, tarball], { cwd: folder })
      const { stdout } = await exec('du', ['-sm', join(folder, 'node_modules')])
      expect(Number.parseInt(stdout, 10), omit.join('')).to.be.within(5, most)
    }
  })
})

async function packedFiles(): Promise<string[]> {
  const { stdout } = await exec('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--silent'])
  const [pack] = JSON.parse(stdout) as { files: { path: string }[] }[]
  return pack?.files.map(({ path }) => path) ?? []
}
