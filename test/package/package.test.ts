import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'
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

  it('has types that resolve, and a manifest without faults', async function () {
    const cwd = await folderWith({})
    const tarball = await packInto(cwd)
    // Both end with 1 on any fault. They get what is packed: packing on their own would build under the tests.
    await exec('npx', ['publint', '--strict', tarball])
    await exec('npx', ['attw', '--profile', 'esm-only', tarball])
  })

  it('holds no tests, no sources and nothing of the workplace', async function () {
    const { stdout } = await exec('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--silent'])
    const [pack] = JSON.parse(stdout) as { files: { path: string }[] }[]
    const paths = pack?.files.map(({ path }) => path) ?? []
    expect(paths.filter((path) => /^(?:test|core|dist\/test)\//.test(path))).to.deep.equal([])
    expect(paths).to.include.members(['dist/core/index.js', 'dist/core/plugin.d.ts', 'config/plugins.yaml', 'LICENSE'])
  })
})
