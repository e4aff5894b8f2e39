import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'

const FOLDER = 'dist/page'
const MOST = 60_000

describe('the page as it is built', () => {
  const files = readdirSync(FOLDER)
  const text = (name: string): string => readFileSync(`${FOLDER}/${name}`, 'utf8')

  it('is three files, without source maps', () => {
    expect(files.toSorted()).to.deep.equal(['app.css', 'app.js', 'index.html'])
    for (const name of files) expect(text(name), name).to.not.include('sourceMappingURL')
  })

  it('takes at most 60 kB, gzipped, with the plots', () => {
    const sizes = files.map((name) => gzipSync(text(name), { level: 9 }).length)
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.within(20_000, MOST)
  })

  it('loads nothing from elsewhere, and has no script or style in its HTML', () => {
    expect(text('app.css')).to.not.match(/url\(|@import/)
    const html = text('index.html')
    const taken = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address)
    expect(taken).to.have.members(['data:,', 'page/app.css', 'page/app.js'])
    expect(html).to.not.match(/<style|style=|\son\w+=|<script[^>]*>[^<]/)
  })

  it('has no way to turn text into markup', () => {
    const sources = readdirSync('core/page', { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.tsx?$/.test(name),
    )
    const markup =
      /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc/
    expect(sources.length).to.be.above(30)
    for (const name of sources) expect(readFileSync(`core/page/${name}`, 'utf8'), name).to.not.match(markup)
  })
})
