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

  it('take less than 300 kB', () => {
    const sizes = declarations.map((file) => readFileSync(new URL(file, folder)).length)
    expect(sizes.reduce((total, size) => total + size, 0)).to.be.below(LIMIT)
  })
})
