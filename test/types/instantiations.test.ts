import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { installedFolder, runTsc } from '../readme/timhook.ts'

const OPTIONS =
  '--noEmit --strict --module nodenext --target es2023 --lib es2023,esnext.disposable --types node ' +
  '--exactOptionalPropertyTypes --noUncheckedIndexedAccess --extendedDiagnostics --listFiles --singleThreaded'

/**
 * What the compiler may have to do beyond an empty file, whose cost is that of Node's types. Counts are the same on every
 * machine, as times are not. The check of TypeBox's own declarations takes 2.5 million instantiations.
 */
const LIMITS = { Files: 200, Types: 20_000, Instantiations: 100_000 }
type Counts = typeof LIMITS

/** The folder of an author, with files of ours that import the package in place of the sources. */
async function authorsFolder(files: readonly string[]): Promise<string> {
  const folder = await installedFolder()
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  for (const file of files) {
    const source = await readFile(`test/types/${file}`, 'utf8')
    await writeFile(join(folder, file), source.replaceAll(/'\.\.\/\.\.\/core\/(plugin|testing)\.ts'/g, "'timhook/$1'"))
  }
  return folder
}

function countsOf(stdout: string): Counts {
  const count = (name: string): number => Number(new RegExp(`^${name}: +([0-9]+)$`, 'm').exec(stdout)?.[1])
  return { Files: count('Files'), Types: count('Types'), Instantiations: count('Instantiations') }
}

/** Which packages the files of the compiler's list belong to, without itself. */
function packagesOf(stdout: string): string[] {
  const names = [...stdout.matchAll(/^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/.*\.d\.m?ts$/gm)].map(
    ([, name]) => name ?? '',
  )
  return [...new Set(names)].filter((name) => !/^(?:@typescript\/|typescript$)/.test(name)).toSorted()
}

describe('a plugin with a handler for every callback', () => {
  it('is checked with all declarations of the package without much work, and never sees those of TypeBox', async () => {
    const folder = await authorsFolder(['every-callback.types.ts'])
    await writeFile(join(folder, 'empty.ts'), 'export {}')
    const empty = await runTsc([...OPTIONS.split(' '), 'empty.ts'], folder)
    const { code, stdout } = await runTsc([...OPTIONS.split(' '), 'every-callback.types.ts'], folder)
    expect(stdout).to.not.include('error TS')
    expect(code).to.equal(0)
    const [before, after] = [countsOf(empty.stdout), countsOf(stdout)]
    for (const [name, limit] of Object.entries(LIMITS) as [keyof Counts, number][]) {
      expect(after[name] - before[name], name).to.be.within(limit / 4, limit)
    }
    expect(stdout).to.include('/dist/core/plugin-api/type.d.ts')
    expect(packagesOf(stdout)).to.deep.equal(['@types/node', 'undici-types'])
  })

  it('needs no other package to be typed for its tests either', async () => {
    const folder = await authorsFolder([])
    await writeFile(join(folder, 'test.ts'), "export { sample, testPlugin } from 'timhook/testing'")
    const { code, stdout } = await runTsc([...OPTIONS.split(' '), 'test.ts'], folder)
    expect(code, stdout).to.equal(0)
    expect(packagesOf(stdout)).to.deep.equal(['@types/node', 'undici-types'])
  })
})

describe('the types that authors see', () => {
  it('report the same mistakes as those that timhook is checked with', async () => {
    // These two are about what authors do not import.
    const inner = ['codes.types.ts', 'msg-body.types.ts']
    const files = (await readdir('test/types')).filter((file) => file.endsWith('.types.ts') && !inner.includes(file))
    const folder = await authorsFolder(files)
    const { code, stdout } = await runTsc([...OPTIONS.split(' '), ...files], folder)
    expect(stdout.split('\n').filter((line) => line.includes('error TS'))).to.deep.equal([])
    expect(code).to.equal(0)
  })
})
