import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** One of the page's files, read at start. */
export interface PageFile {
  readonly type: string
  readonly content: Buffer
  readonly etag: string
}

/** The paths of the page, and the files of dist/page: nothing else is served. */
const FILES: readonly (readonly [path: string, name: string, type: string])[] = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/page/app.js', 'app.js', 'text/javascript; charset=utf-8'],
  ['/page/app.css', 'app.css', 'text/css; charset=utf-8'],
]

/** Reads the page's files, by path; empty if it has not been built. */
export function readPageFiles(folder = new URL('../../../page/', import.meta.url)): ReadonlyMap<string, PageFile> {
  try {
    return new Map(
      FILES.map(([path, name, type]) => {
        const content = readFileSync(new URL(name, folder))
        const etag = `"${createHash('sha256').update(content).digest('base64url')}"`
        return [path, { type, content, etag }]
      }),
    )
  } catch {
    return new Map()
  }
}
