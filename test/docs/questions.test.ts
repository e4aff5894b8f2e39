import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { anchorsOf, linksOf, targetOf } from './pages.ts'
import { questions } from './questions.ts'

const CLICKS = 2

/** How many clicks every page is from this one, as far as that many. */
function within(clicks: number, start: string): Map<string, number> {
  const distances = new Map([[start, 0]])
  let edge = [start]
  for (let distance = 1; distance <= clicks; distance++) {
    const next = edge.flatMap((page) =>
      page.endsWith('.md') && existsSync(page) ? linksOf(page).map((link) => targetOf(page, link).file) : [],
    )
    edge = [...new Set(next)].filter((page) => !distances.has(page))
    for (const page of edge) distances.set(page, distance)
  }
  return distances
}

describe('the answers to what people ask', () => {
  it('are at least thirty', () => {
    expect(new Set(questions.map(({ asks }) => asks)).size).to.be.at.least(30)
  })

  for (const [index, language] of (['en', 'zh'] as const).entries()) {
    const start = language === 'en' ? 'README.md' : 'README.zh.md'
    const distances = within(CLICKS, start)
    for (const { asks, page, anchors } of questions)
      it(`${asks} (${language})`, () => {
        const path = `docs/${language}/${page}`
        expect(distances.get(path), `clicks from ${start} to ${path}`).to.be.at.most(CLICKS)
        expect([...anchorsOf(path)], path).to.include(anchors[index])
      })
  }
})
