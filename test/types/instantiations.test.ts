import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { installedFolder, runTsc } from '../readme/timhook.ts'

const OPTIONS =
  '--noEmit --strict --module nodenext --target es2023 --types node --skipLibCheck --exactOptionalPropertyTypes ' +
  '--noUncheckedIndexedAccess --extendedDiagnostics'

/** A count, which is the same on every machine. A union that the compiler multiplies out costs millions. */
const LIMIT = 120_000

describe('a plugin with a handler for every callback', () => {
  it('is checked against the declarations of the package without much work', async () => {
    const folder = await installedFolder()
    const source = await readFile('test/types/every-callback.types.ts', 'utf8')
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    await writeFile(join(folder, 'every.ts'), source.replace("'../../core/plugin.ts'", "'timhook/plugin'"))
    const { code, stdout } = await runTsc([...OPTIONS.split(' '), 'every.ts'], folder)
    expect(stdout).to.not.include('error TS')
    expect(code).to.equal(0)
    const count = Number(/^Instantiations: +([0-9]+)$/m.exec(stdout)?.[1])
    expect(count).to.be.within(10_000, LIMIT)
  })
})
