import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { folderWith } from '../harness/cli.ts'

export const exec = promisify(execFile)

/** The package as it is published, packed into a folder. Returns the path of the tarball. */
export async function packInto(folder: string): Promise<string> {
  await exec('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder])
  const { name, version } = await manifest()
  return join(folder, `${name}-${version}.tgz`)
}

/** The package as it is published, in the node_modules of a new folder, next to the dependencies it names. */
export async function installed(): Promise<string> {
  const cwd = await folderWith({ 'package.json': '{"type":"module"}' })
  const tarball = await packInto(cwd)
  const { name, dependencies } = await manifest()
  const target = join(cwd, 'node_modules', name)
  await mkdir(target, { recursive: true })
  await exec('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
  // The installed dependencies are those of the lock file: linking them needs no network.
  for (const dependency of Object.keys(dependencies)) {
    const link = join(cwd, 'node_modules', dependency)
    await mkdir(join(link, '..'), { recursive: true })
    await symlink(resolve('node_modules', dependency), link)
  }
  return cwd
}

async function manifest(): Promise<{ name: string; version: string; dependencies: Record<string, string> }> {
  return JSON.parse(await readFile('package.json', 'utf8')) as Awaited<ReturnType<typeof manifest>>
}
