import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { files, SCHEMAS } from '../../docs/files.ts'
import { CALLBACK_PAGES } from '../../docs/reference/pages.ts'
import { askedFor, dictionary } from '../../docs/reference/translate.ts'

const read = (path: string): string => readFileSync(path, 'utf8')

describe('the files that are generated from the source', () => {
  let generated: Map<string, string>
  before(async () => {
    generated = await files(read)
  })

  it('are fresh', () => {
    const stale = [...generated].filter(([path, content]) => read(path) !== content).map(([path]) => path)
    expect(stale, 'run `npm run build && npm run docs`').to.deep.equal([])
  })

  it('include nothing of callbacks that no longer exist', () => {
    for (const folder of [SCHEMAS, ...CALLBACK_PAGES]) {
      const paths = readdirSync(folder).map((name) => `${folder}/${name}`)
      const expected = [...generated.keys()].filter((path) => path.startsWith(`${folder}/`))
      expect(paths, 'run `npm run build && npm run docs`').to.have.members(expected)
    }
  })

  it('have a Chinese sentence for each English one, and no unused ones', () => {
    const sentences = askedFor()
    expect([...sentences].filter((sentence) => dictionary[sentence] === undefined)).to.deep.equal([])
    expect(Object.keys(dictionary).filter((sentence) => !sentences.has(sentence))).to.deep.equal([])
  })
})
