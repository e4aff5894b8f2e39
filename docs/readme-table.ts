import { commands } from '../core/protocol/commands.ts'
import type { BeforeDefinition, Definition } from '../core/protocol/define.ts'
import { linksOf } from '../core/protocol/links.ts'

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
  return [`\`${command}\``, words[language][phase], title[language], pages(docs), answer]
}

function pages(docs: Definition['docs']): string {
  return linksOf(docs)
    .map(({ site, url }) => `[${site}](${url})`)
    .join(' ')
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
