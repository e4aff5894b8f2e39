import { expect } from 'chai'
import { searchMessages } from '../../../plugins/archive/commands/find.ts'
import { groupMessage, groupRecall, open, write } from './support.ts'

const TEXTS = [
  '我在北京大学读书',
  '北京的大学很多，京大也是',
  'Meet me at the Café, ＡＢＣ street',
  'a b c and it',
  'Привет, мир',
  '東京タワーでゲームする',
  '안녕하세요 여러분',
  'emoji 🎉 party',
]

/** What a search finds on every database. */
export function describeSearch(name: string, newUrl: () => Promise<string>): void {
  describe(`archive search, ${name}`, () => {
    it('finds words and parts of runs without spaces, and nothing else', async () => {
      const engine = await open(await newUrl())
      await write(
        engine,
        TEXTS.map((text, index) => groupMessage(index, text)),
      )
      const found = async (text: string): Promise<number[]> => {
        const rows = await searchMessages(engine, { text, limit: 100 })
        return rows.map(({ seq }) => Number(seq)).toSorted((a, b) => a - b)
      }
      expect(await found('大学'), 'two characters inside a run').to.deep.equal([0, 1])
      expect(await found('北京大学'), 'pairs that stand apart do not count').to.deep.equal([0])
      expect(await found('京'), 'one character').to.deep.equal([0, 1, 5])
      expect(await found('书'), 'the last character of a run').to.deep.equal([0])
      expect(await found('北京 很多'), 'all words').to.deep.equal([1])
      expect(await found('CAFÉ abc'), 'case and width').to.deep.equal([2])
      expect(await found('caf'), 'no part of a word').to.deep.equal([])
      expect(await found('a'), 'short words, and stop words').to.deep.equal([3])
      expect(await found('it AND "the" -x *'), 'operators are none').to.deep.equal([])
      expect(await found('мир')).to.deep.equal([4])
      expect(await found('ゲーム')).to.deep.equal([5])
      expect(await found('하세')).to.deep.equal([6])
      expect(await found('party')).to.deep.equal([7])
    })

    it('does not find what was recalled or replaced', async () => {
      const engine = await open(await newUrl())
      await write(engine, [groupMessage(1, '红包来了')])
      expect(await searchMessages(engine, { text: '红包', limit: 10 })).to.have.length(1)
      await write(engine, [groupRecall([1], 2_000_000_000_000)])
      expect(await searchMessages(engine, { text: '红包', limit: 10 })).to.have.length(0)
    })
  })
}
