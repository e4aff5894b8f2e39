import type { Definition } from './define.ts'

/** A page of Tencent's documents. */
export interface DocLink {
  readonly site: 'intl' | 'cn'
  readonly url: string
}

const INTL = 'https://www.tencentcloud.com/document/product/'
const CN = 'https://cloud.tencent.com/document/product/'

/** Product 1047 is Chat on the international site, 269 the same in China; others, such as 647, are named with it. */
export function linksOf({ intl, cn, other }: Definition['docs']): DocLink[] {
  const links: (DocLink | false)[] = [
    intl !== undefined && { site: 'intl', url: `${INTL}1047/${intl}` },
    cn !== undefined && { site: 'cn', url: `${CN}269/${cn}` },
    other !== undefined && { site: 'intl', url: `${INTL}${other}` },
  ]
  return links.filter((link) => link !== false)
}
