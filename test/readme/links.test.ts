import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { proseOf } from './readmes.ts'

const FILES = ['README.md', 'README.zh.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md']
const GUIDES = ['docs/en', 'docs/zh'].flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
const PLUGINS = readdirSync('plugins')
  .flatMap((name) => ['README.md', 'README.zh.md'].map((file) => `plugins/${name}/${file}`))
  .filter((path) => existsSync(path))

/** The anchor that GitHub makes of a heading. */
function anchorOf(heading: string): string {
  const kept = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '')
  return `#${kept.trim().replaceAll(' ', '-')}`
}

function linksOf(file: string): string[] {
  return [...proseOf(readFileSync(file, 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
}

/** Whether the file, and the section of it, to which a link leads is there. */
function leadsSomewhere(from: string, link: string): boolean {
  const [path = '', section] = link.split('#')
  const file = path === '' ? from : join(dirname(from), path)
  if (!existsSync(file) || section === undefined) return existsSync(file)
  const headings = proseOf(readFileSync(file, 'utf8')).matchAll(/^#+ (.+)$/gm)
  return [...headings].some(([, heading = '']) => anchorOf(heading) === `#${decodeURIComponent(section)}`)
}

describe('the documents', () => {
  for (const file of [...FILES, ...GUIDES, ...PLUGINS])
    it(`${file} links to files and sections that exist`, () => {
      const links = linksOf(file).filter((link) => !/^https?:\/\//.test(link))
      expect(links.filter((link) => !leadsSomewhere(file, link))).to.deep.equal([])
    })

  for (const file of FILES) {
    const text = proseOf(readFileSync(file, 'utf8'))
    const links = linksOf(file)

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
