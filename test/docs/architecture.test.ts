import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { rows } from '../floors/table.ts'

const text = readFileSync('docs/architecture.md', 'utf8')

describe('docs/architecture.md', () => {
  it('says what every room is for, as the table of floors does', () => {
    const said = [...text.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, at = '', job = '']) => ({ at, job }))
    for (const { at, job } of rows) expect(said).to.deep.include({ at, job })
  })

  it('names files and folders that exist', () => {
    const inPictures = [...text.matchAll(/\["((?:[a-z-]+\/)*[a-z-]+(?:\.ts|\/))/g)].map(([, path = '']) =>
      join('core', path),
    )
    const inText = [...text.matchAll(/`((?:core|config)\/[\w./-]+)`/g)].map(([, path = '']) => path)
    const linked = [...text.matchAll(/\]\(\.\.\/([^)#]+)\)/g)].map(([, path = '']) => path)
    const named = [...inPictures, ...inText, ...linked].filter((path) => !/CATEGORY/.test(path))
    expect(named.length).to.be.above(30)
    expect(named.filter((path) => !existsSync(path))).to.deep.equal([])
  })
})
