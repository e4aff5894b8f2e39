import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import tsCharacters from 'opencc-js/dict/TSCharacters'
import { createFilter, type Filter } from '../../../plugins/keyword-filter/filter.ts'
import type { Evasions } from '../../../plugins/keyword-filter/evasions/layers.ts'
import { simplifiedCharacters } from '../../../plugins/keyword-filter/evasions/simplified.ts'
import { optionsWith } from './filtered.ts'

type Name = keyof Evasions

const FOLDER = 'test/fixtures/keyword-filter'
const NAMES: readonly Name[] = ['separators', 'traditional', 'confusables', 'leet', 'repeats', 'pinyin']

/** The lines of a list: what stands before the tab, and the text. */
function lines(file: string): { names: Name[]; text: string }[] {
  const all = readFileSync(`${FOLDER}/${file}`, 'utf8').split('\n')
  return all.flatMap((line) => {
    if (line === '' || line.startsWith('# ')) return []
    const [names = '', text = ''] = line.split('\t')
    const found = NAMES.filter((name) => names.split(' ').includes(name))
    return [{ names: found, text: JSON.parse(`"${text}"`) as string }]
  })
}

function filterWith(names: readonly Name[]): Promise<Filter> {
  const on = Object.fromEntries(names.map((name) => [name, true]))
  return createFilter(optionsWith({ file: `${FOLDER}/words.txt`, wholeWords: true, ...on }))
}

const evasions = lines('evasions.txt')
const harmless = lines('harmless.txt')
const catches = (filter: Filter, text: string): boolean => filter.mask(text).count > 0

describe('keyword-filter: evasions', () => {
  it('are two hundred and more, each of which passes without options', async () => {
    const filter = await filterWith([])
    expect(evasions).to.have.length.at.least(200)
    expect(evasions.filter(({ text }) => catches(filter, text))).to.deep.equal([])
  })

  for (const group of new Set(evasions.map(({ names }) => names.join(' '))))
    it(`are caught with ${group}`, async () => {
      const members = evasions.filter(({ names }) => names.join(' ') === group)
      const filter = await filterWith(members[0]?.names ?? [])
      expect(members.filter(({ text }) => !catches(filter, text)).map(({ text }) => text)).to.deep.equal([])
    })

  it('are caught with all options together', async () => {
    const filter = await filterWith(NAMES)
    expect(evasions.filter(({ text }) => !catches(filter, text)).map(({ text }) => text)).to.deep.equal([])
  })
})

describe('keyword-filter: harmless texts', () => {
  it('are two hundred and more, and pass with every option but pinyin', async () => {
    const filter = await filterWith(NAMES.filter((name) => name !== 'pinyin'))
    expect(harmless).to.have.length.at.least(200)
    expect(harmless.filter(({ text }) => catches(filter, text)).map(({ text }) => text)).to.deep.equal([])
  })

  it('pass with pinyin too, save for those that sound like a word', async () => {
    const filter = await filterWith(NAMES)
    const caught = harmless.filter(({ text }) => catches(filter, text)).map(({ text }) => text)
    expect(caught).to.deep.equal(harmless.filter(({ names }) => names.includes('pinyin')).map(({ text }) => text))
  })
})

describe('keyword-filter: what evades a word', () => {
  const masked = async (text: string): Promise<string> => (await filterWith(NAMES)).mask(text).text

  it('is masked with what stands between, and nothing beside it', async () => {
    expect(await masked('加 微 信 吧')).to.equal('加 *** 吧')
    expect(await masked('go c-a-s-i-n-o!!')).to.equal('go ***********!!')
    expect(await masked('線上賭 博。好')).to.equal('線上***。好')
    expect(await masked('a caaasinooo b')).to.equal('a ********** b')
    expect(await masked('加weixin吧')).to.equal('加******吧')
  })

  it('never hides a word that stands there as it is listed', async () => {
    const filter = await createFilter(
      optionsWith({
        words: ['a.b', '455', '$5', 'xxx', '18', 'l33t', '♥', 'as', '0'],
        ...Object.fromEntries(NAMES.map((name) => [name, true])),
      }),
    )
    for (const text of ['a.b', '455', '$5', 'xxx', '18', 'l33t', '♥', 'as', '0'])
      expect(filter.mask(`( ${text} )`).count, text).to.be.at.least(1)
  })

  it('is found with whole words and globs too', async () => {
    const filter = await createFilter(
      optionsWith({ words: ['bet', 'free*money', 'win?now'], wholeWords: true, separators: true, leet: true }),
    )
    const caught = ['b.e.t', 'b3t', 'fr33 my m0ney', 'w.i.n-n.o.w'].filter((text) => catches(filter, text))
    expect(caught).to.deep.equal(['b.e.t', 'b3t', 'fr33 my m0ney'])
    expect(['alphab3t', 'a.b.e.tting', 'freem'].filter((text) => catches(filter, text))).to.deep.equal([])
  })
})

describe('keyword-filter: the table of traditional characters', () => {
  it("is OpenCC's", () => {
    const pairs = tsCharacters.split('|').map((pair) => pair.split(' ').slice(0, 2))
    expect(pairs).to.have.length.above(3500)
    expect([...simplifiedCharacters()]).to.deep.equal(pairs)
  })
})
