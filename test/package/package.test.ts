import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'

const exec = promisify(execFile)

/** The package as it is published, in the node_modules of a new folder, beside the dependencies it names. */
async function installed(): Promise<string> {
  const cwd = await folderWith({ 'package.json': '{"type":"module"}' })
  await exec('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', cwd])
  const { name, version, dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
    name: string
    version: string
    dependencies: Record<string, string>
  }
  const target = join(cwd, 'node_modules', name)
  await mkdir(target, { recursive: true })
  await exec('tar', ['-xzf', join(cwd, `${name}-${version}.tgz`), '-C', target, '--strip-components=1'])
  // The dependencies that were installed are those of the lock file: linking them needs no network.
  for (const dependency of Object.keys(dependencies)) {
    const link = join(cwd, 'node_modules', dependency)
    await mkdir(join(link, '..'), { recursive: true })
    await symlink(resolve('node_modules', dependency), link)
  }
  return cwd
}

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
       console.log([createDispatcher, defineConfig, TimhookError, definePlugin, Type.Object].map((one) => typeof one).join())`,
    )
    expect((await exec(process.execPath, ['use.mjs'], { cwd })).stdout).to.equal(
      'function,function,function,function,function\n',
    )
  })

  it('has types that resolve, and a manifest without faults', async function () {
    const cwd = await folderWith({})
    await exec('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', cwd])
    const [tarball = ''] = await readdir(cwd)
    // Both end with 1 on any fault. They get what is packed: packing on their own would build under the tests.
    await exec('npx', ['publint', '--strict', join(cwd, tarball)])
    await exec('npx', ['attw', '--profile', 'esm-only', join(cwd, tarball)])
  })

  it('holds no tests, no sources and nothing of the workplace', async function () {
    const { stdout } = await exec('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--silent'])
    const [pack] = JSON.parse(stdout) as { files: { path: string }[] }[]
    const paths = pack?.files.map(({ path }) => path) ?? []
    expect(paths.filter((path) => /^(?:test|core|dist\/test)\//.test(path))).to.deep.equal([])
    expect(paths).to.include.members(['dist/core/index.js', 'dist/core/plugin.d.ts', 'config/plugins.yaml', 'LICENSE'])
  })
})
