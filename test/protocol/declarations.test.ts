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
    expect(readReceipt).to.contain(`        /** How many have not. ${link} */\n        UnreadNum: `)
    const shared = readFileSync(new URL('fields.d.ts', folder), 'utf8')
    expect(shared).to.contain('    /** User id. */\n    Member_Account: ')
    const all = declarations.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n')
    const fields = all.match(/^ {4}\w+\??: /gm) ?? []
    const described = all.match(/\*\/\n {4}\w+\??: /g) ?? []
    expect(described.length / fields.length).to.be.above(0.8)
  })

  it('take less than 300 kB', () => {
    const sizes = declarations.map((file) => readFileSync(new URL(file, folder)).length)
    expect(sizes.reduce((total, size) => total + size, 0)).to.be.below(LIMIT)
  })
})
