import { commands } from '../core/protocol/commands.ts'
import type { BeforeDefinition, Definition } from '../core/protocol/define.ts'

export type Language = 'en' | 'zh'

const words = {
  en: {
    head: ['Command', 'Phase', 'What', 'Documents', 'Answer'],
    before: 'before',
    after: 'after',
    perTarget: 'per target',
    onFailure: 'without an answer: reject',
    range: ' to ',
  },
  zh: {
    head: ['命令字', '阶段', '含义', '官方文档', '可以怎样应答'],
    before: '之前',
    after: '之后',
    perTarget: '逐个对象判定',
    onFailure: '无应答时：拒绝',
    range: ' 至 ',
  },
} as const

/** The table of callbacks of a README, in Markdown, without a newline at its end. */
export function table(language: Language): string {
  const { head } = words[language]
  const rows = [...commands.values()].map((definition) => row(definition, language))
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function row(definition: Definition, language: Language): string[] {
  const { command, phase, title, docs } = definition
  const answer = phase === 'before' ? answerOf(definition, language) : ''
  return [`\`${command}\``, words[language][phase], title[language], links(docs), answer]
}

/** Product 1047 is Chat on the international site, 269 the same in China; others, such as 647, are named with it. */
function links({ intl, cn, other }: Definition['docs']): string {
  const pages = [
    intl !== undefined && `[intl](https://www.tencentcloud.com/document/product/1047/${intl})`,
    cn !== undefined && `[cn](https://cloud.tencent.com/document/product/269/${cn})`,
    other !== undefined && `[intl](https://www.tencentcloud.com/document/product/${other})`,
  ]
  return pages.filter((page) => page !== false).join(' ')
}

function answerOf({ codes, drop, answer, perTarget, onFailure }: BeforeDefinition, language: Language): string {
  const { range, ...word } = words[language]
  const fields = Object.keys((answer as { properties?: object }).properties ?? {})
  const ranges = codes.ranges.map(([from, to]) => (from === to ? `${from}` : `${from}${range}${to}`))
  const ways = [
    `allow${fields.length > 0 ? ` (${fields.join(', ')})` : ''}`,
    `reject ${ranges.join(', ')}${perTarget ? ` (${word.perTarget})` : ''}`,
    ...(drop ? ['drop'] : []),
    ...(onFailure === 'reject' ? [word.onFailure] : []),
  ]
  return ways.join('; ')
}
