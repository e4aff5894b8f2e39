import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { proseOf } from './readmes.ts'

const FILES = ['README.md', 'README.zh.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md']

/** The anchor that GitHub makes of a heading. */
function anchorOf(heading: string): string {
  const kept = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '')
  return `#${kept.trim().replaceAll(' ', '-')}`
}

describe('the documents', () => {
  for (const file of FILES) {
    const text = proseOf(readFileSync(file, 'utf8'))
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)

    it(`${file} links to files and sections that exist`, () => {
      const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))
      const missing = links
        .filter((link) => !link.startsWith('https://'))
        .filter((link) => (link.startsWith('#') ? !anchors.includes(link) : !existsSync(link)))
      expect(missing).to.deep.equal([])
    })

    it(`${file} stays inside the repository, and is finished`, () => {
      const whole = readFileSync(file, 'utf8')
      expect(links.filter((link) => link.startsWith('..') || link.startsWith('/'))).to.deep.equal([])
      expect(whole).to.not.match(/(?:^|[\s'"`(])(?:\/(?:home|root|tmp|work|Users)\/|[A-Z]:\\)/m)
      expect(whole).to.not.match(/\b(?:TODO|FIXME|XXX|TBD):/)
    })

    it(`${file} names source files that exist`, () => {
      const named = [...text.matchAll(/\b(?:core|config|plugins|test|docs)\/[\w./-]+\.(?:ts|yaml|json)\b/g)]
      const missing = named.map(([path]) => path).filter((path) => !existsSync(path) && !/NAME|CATEGORY/.test(path))
      expect(missing).to.deep.equal([])
    })
  }
})
