import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { proseOf } from '../readme/readmes.ts'
import { allPages, beside, callbackPages, isThere, linksOf, pagesOf, targetOf, textOf } from './pages.ts'

describe('the links of the documents', () => {
  for (const page of allPages)
    it(`${page} leads to files and sections that exist`, () => {
      expect(linksOf(page).filter((link) => !isThere(page, link))).to.deep.equal([])
    })

  it('on the pages of callbacks lead to files and sections that exist', () => {
    const broken = callbackPages.flatMap((page) => linksOf(page).filter((link) => !isThere(page, link)))
    expect(broken).to.deep.equal([])
  })

  for (const language of ['en', 'zh'] as const)
    it(`lead to every page from the index (${language})`, () => {
      const index = `docs/${language}/README.md`
      const linked = linksOf(index).map((link) => targetOf(index, link).file)
      expect(pagesOf(language).filter((page) => page !== index && !linked.includes(page))).to.deep.equal([])
    })

  for (const page of beside.filter((path) => !path.includes('/')))
    it(`${page} stays inside the repository, names files that exist, and is finished`, () => {
      const text = textOf(page)
      expect(linksOf(page).filter((link) => link.startsWith('..') || link.startsWith('/'))).to.deep.equal([])
      expect(text).to.not.match(/(?:^|[\s'"`(])(?:\/(?:home|root|tmp|work|Users)\/|[A-Z]:\\)/m)
      expect(text).to.not.match(/\b(?:TODO|FIXME|XXX|TBD):/)
      const named = [...proseOf(text).matchAll(/\b(?:core|plugins|test|docs)\/[\w./-]+\.(?:ts|yaml|json)\b/g)]
      const missing = named.map(([path]) => path).filter((path) => !existsSync(path) && !/NAME|CATEGORY/.test(path))
      expect(missing).to.deep.equal([])
    })
})
