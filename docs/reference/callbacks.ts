import { commands } from '../../core/protocol/commands.ts'
import type { BeforeDefinition, Definition } from '../../core/protocol/define.ts'
import { linksOf } from '../../core/protocol/links.ts'
import type { Language } from './language.ts'
import { code, tableOf } from './markdown.ts'

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

/** The table of all callbacks, each with a link to its page. */
export function callbackTable(language: Language): string {
  return tableOf(
    words[language].head,
    [...commands.values()].map((definition) => row(definition, language)),
  )
}

function row(definition: Definition, language: Language): string[] {
  const { command, phase, title, docs } = definition
  const answer = phase === 'before' ? answerOf(definition, language) : ''
  return [`[${code(command)}](callbacks/${command}.md)`, words[language][phase], title[language], pages(docs), answer]
}

export function pages(docs: Definition['docs']): string {
  return linksOf(docs)
    .map(({ site, url }) => `[${site}](${url})`)
    .join(' ')
}

/** The codes of a rejection in words: `1, 10100 to 10200`. */
export function codesOf({ codes }: BeforeDefinition, language: Language): string {
  const { range } = words[language]
  return codes.ranges.map(([from, to]) => (from === to ? `${from}` : `${from}${range}${to}`)).join(', ')
}

export function answerFields({ answer }: BeforeDefinition): string[] {
  return Object.keys((answer as { properties?: object }).properties ?? {})
}

function answerOf(definition: BeforeDefinition, language: Language): string {
  const word = words[language]
  const fields = answerFields(definition)
  const ways = [
    `allow${fields.length > 0 ? ` (${fields.join(', ')})` : ''}`,
    `reject ${codesOf(definition, language)}${definition.perTarget ? ` (${word.perTarget})` : ''}`,
    ...(definition.drop ? ['drop'] : []),
    ...(definition.onFailure === 'reject' ? [word.onFailure] : []),
  ]
  return ways.join('; ')
}
