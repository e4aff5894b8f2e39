import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { files, SCHEMAS } from '../../docs/files.ts'

const read = (path: string): string => readFileSync(path, 'utf8')

describe('the files that are generated from the table', () => {
  const generated = files(read)

  for (const [path, content] of generated)
    it(`${path} is fresh`, () => {
      expect(read(path), 'run `npm run build && npm run docs`').to.equal(content)
    })

  it('have no schema of a callback that is gone beside them', () => {
    const paths = readdirSync(SCHEMAS).map((name) => `${SCHEMAS}/${name}`)
    const expected = [...generated.keys()].filter((path) => path.startsWith(SCHEMAS))
    expect(paths, 'run `npm run build && npm run docs`').to.have.members(expected)
  })
})
