import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { installedFolder, runTsc } from '../readme/timhook.ts'

const OPTIONS =
  '--noEmit --strict --module nodenext --target es2023 --lib es2023,esnext.disposable --types node ' +
  '--exactOptionalPropertyTypes --noUncheckedIndexedAccess --extendedDiagnostics --listFiles'

/** Counts, which are the same on every machine. The check of TypeBox's own declarations takes 2.5 million. */
const LIMIT = 200_000

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

describe('a plugin with a handler for every callback', () => {
  it('is checked with all declarations of the package without much work, and never sees those of TypeBox', async () => {
    const folder = await authorsFolder(['every-callback.types.ts'])
    const { code, stdout } = await runTsc([...OPTIONS.split(' '), 'every-callback.types.ts'], folder)
    expect(stdout).to.not.include('error TS')
    expect(code).to.equal(0)
    const count = Number(/^Instantiations: +([0-9]+)$/m.exec(stdout)?.[1])
    expect(count).to.be.within(10_000, LIMIT)
    expect(stdout).to.not.match(/node_modules\/(?:typebox|koa|@types\/koa|pino)\//)
  })
})

describe('the types that authors see', () => {
  it('tell of the same mistakes as those that timhook is checked with', async () => {
    // These two are about what authors do not import.
    const inner = ['codes.types.ts', 'msg-body.types.ts']
    const files = (await readdir('test/types')).filter((file) => file.endsWith('.types.ts') && !inner.includes(file))
    const folder = await authorsFolder(files)
    const { code, stdout } = await runTsc([...OPTIONS.split(' '), ...files], folder)
    expect(stdout.split('\n').filter((line) => line.includes('error TS'))).to.deep.equal([])
    expect(code).to.equal(0)
  })
})
