import { existsSync, readFileSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { exec } from './install.ts'

const SITE = 'docs/site'
const OUT = join(SITE, 'dist')
const LANGUAGES = ['en', 'zh']

async function filesIn(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return names.filter((name) => name.endsWith(ending))
}

const textOf = (page: string): string => readFileSync(join(OUT, page), 'utf8')

/** The file that a link of a page leads to, as a static file server finds it. */
function targetOf(page: string, href: string): { file: string; section: string } {
  const [path = '', section = ''] = href.replaceAll('&amp;', '&').split('#')
  const named = path.startsWith('/') ? path.slice(1) : join(dirname(page), decodeURI(path))
  const file =
    path === ''
      ? page
      : statSync(join(OUT, named), { throwIfNoEntry: false })?.isDirectory()
        ? join(named, 'index.html')
        : named
  return { file: existsSync(join(OUT, file)) ? file : `${file}.html`, section: decodeURIComponent(section) }
}

describe('the site of the documentation', () => {
  let told = ''
  before(async () => {
    await exec('npm', ['ci', '--prefix', SITE, '--prefer-offline', '--no-audit', '--no-fund'])
  })
  before(async () => {
    const { stdout, stderr } = await exec('npm', ['run', 'build', '--prefix', SITE], { maxBuffer: 2 ** 24 })
    told = stdout + stderr
  })

  it('is built without an error', () => {
    expect(told.split('\n').filter((line) => /Error\b/.test(line))).to.deep.equal([])
    expect(told).to.contain('build complete')
  })

  for (const language of LANGUAGES)
    it(`has every page of docs/${language}`, async () => {
      const folder = join('docs', language)
      const pages = (await filesIn(folder, '.md')).map((name) => name.replace(/md$/, 'html'))
      expect(pages.length).to.be.greaterThan(50)
      expect(pages.filter((page) => !existsSync(join(OUT, folder, page)))).to.deep.equal([])
    })

  it('leads to pages and sections that are there', async () => {
    const pages = await filesIn(OUT, '.html')
    const sections = new Map<string, Set<string>>()
    const has = (page: string, section: string): boolean => {
      const known = sections.get(page) ?? new Set([...textOf(page).matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id))
      sections.set(page, known)
      return known.has(section)
    }
    const broken = pages.flatMap((page) =>
      [...textOf(page).matchAll(/<a\b[^>]*? href="([^"]*)"/g)]
        .map(([, href = '']) => href)
        .filter((href) => {
          if (/^[a-z]+:/i.test(href)) return false
          const { file, section } = targetOf(page, href)
          return !existsSync(join(OUT, file)) || (section !== '' && file.endsWith('.html') && !has(file, section))
        })
        .map((href) => `${page}: ${href}`),
    )
    expect(broken).to.deep.equal([])
  })

  it('shows code as it is written, with the placeholders in it', () => {
    for (const readme of ['README', 'README.zh'])
      expect(textOf(`plugins/notify/${readme}.html`)).to.contain('{{left.count}}')
  })
})
