import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'

const LIMIT = 300_000
const folder = new URL('../../core/protocol/', import.meta.url)

describe('the declarations of the table', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const declarations = files.filter((file) => file.endsWith('.d.ts'))

  it('are there for every module', () => {
    const modules = files.filter((file) => file.endsWith('.js')).map((file) => file.replace(/\.js$/, '.d.ts'))
    expect(modules).to.have.length.above(78)
    expect(declarations).to.have.members(modules)
  })

  it('say of each field what the table does, with the documents, for editors to show', () => {
    const readReceipt = readFileSync(new URL('group/after-read-receipt.d.ts', folder), 'utf8')
    const link = '[intl 60395](https://www.tencentcloud.com/document/product/1047/60395)'
    expect(readReceipt).to.contain(`    /** Group. ${link} */\n    GroupId: string;`)
    expect(readReceipt).to.contain(`        /** How many have not. ${link} */\n        UnreadNum?: `)
    const shared = readFileSync(new URL('fields.d.ts', folder), 'utf8')
    expect(shared).to.contain('    /** User id. */\n    Member_Account: ')
    // The fields of these are nobody's: what others are made of, which the compiler has worked into them.
    const inner = /^(?:define|commands|wire|(?:\w+\/)?fields)\.d\.ts$/
    const undescribed = declarations
      .filter((file) => !inner.test(file))
      .flatMap((file) =>
        readFileSync(new URL(file, folder), 'utf8')
          .split('\n')
          // Editors show nothing of a field whose type is a schema, which is to be mapped to that of its values.
          .filter(
            (line, index, lines) =>
              /^ +\w+\??: /.test(line) && (lines[index - 1]?.endsWith('*/') !== true || line.includes('Type.T')),
          )
          .map((line) => `${file}: ${line.trim()}`),
      )
    expect(undescribed).to.deep.equal([])
  })

  it('take less than 300 kB', () => {
    const sizes = declarations.map((file) => readFileSync(new URL(file, folder)).length)
    expect(sizes.reduce((total, size) => total + size, 0)).to.be.below(LIMIT)
  })
})
