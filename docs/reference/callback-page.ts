import type { BeforeDefinition, Definition } from '../../core/protocol/define.ts'
import type { OrderKey } from '../../core/protocol/order-key.ts'
import { answerFields, codesOf, pages } from './callbacks.ts'
import type { Language } from './language.ts'
import { code, tableOf } from './markdown.ts'
import { translate } from './translate.ts'

const words = {
  en: {
    generated: 'This page is generated from the table of callbacks.',
    all: 'All callbacks',
    facts: ['', ''],
    phase: 'Phase',
    before: 'before: Tencent waits for the answer',
    after: 'after: it has happened, and the content of the answer is ignored',
    order: 'Kept in order',
    documents: 'Documents',
    schemas: 'JSON Schema',
    body: 'body',
    answer: 'answer',
    fields: 'Fields of the body',
    head: ['Field', 'Type', 'What it is'],
    required: ' (required)',
    comma: ', ',
    values: [': ', ''],
    verdicts: 'Verdicts',
    verdict: ['Verdict', 'What it does'],
    allow: 'lets it happen',
    rewrites: 'lets it happen; the fields may rewrite it: ',
    reject: 'refuses it, with one of the codes ',
    perTarget: 'refuses every target in `ResultItem`, with one of the codes ',
    drop: 'the sender sees success, nobody gets the message',
    failure: 'If a handler fails and nothing else is configured',
    sample: 'Sample',
    try: 'Try it',
    by: {
      none: 'no',
      group: (field: string) => `with all callbacks of the group (${field})`,
      conversation: (field: string) => `with all callbacks of the two accounts (${field})`,
      account: (field: string) => `with all callbacks of the account (${field})`,
    },
  },
  zh: {
    generated: '本页由回调表生成。',
    all: '全部回调',
    facts: ['', ''],
    phase: '阶段',
    before: '之前：腾讯在等应答',
    after: '之后：事情已经发生，应答内容不起作用',
    order: '保序范围',
    documents: '官方文档',
    schemas: 'JSON Schema',
    body: '请求体',
    answer: '应答',
    fields: '请求体字段',
    head: ['字段', '类型', '含义'],
    required: '（必填）',
    comma: '、',
    values: ['（取值：', '）'],
    verdicts: '可用的裁决',
    verdict: ['裁决', '效果'],
    allow: '放行',
    rewrites: '放行；可带改写字段：',
    reject: '拒绝，错误码取 ',
    perTarget: '拒绝 `ResultItem` 中的每个对象，错误码取 ',
    drop: '发送者看到成功，但谁也收不到',
    failure: '处理函数失败且未另行配置时',
    sample: '示例',
    try: '试一试',
    by: {
      none: '不保序',
      group: (field: string) => `同一群的所有回调（${field}）`,
      conversation: (field: string) => `同一对账号之间的所有回调（${field}）`,
      account: (field: string) => `同一账号的所有回调（${field}）`,
    },
  },
} as const

/** The page of one callback. */
export function callbackPage(definition: Definition, language: Language): string {
  const { command, title, sample, docs, phase, order } = { order: undefined, ...definition }
  const word = words[language]
  const schema = (name: string, text: string): string => `[${text}](../../../schemas/${name}.json)`
  const schemas = [
    schema(command, word.body),
    ...(phase === 'before' ? [schema(`${command}.answer`, word.answer)] : []),
  ]
  const facts = [
    [word.phase, word[phase]],
    ...(order ? [[word.order, orderOf(order, language)]] : []),
    [word.documents, pages(docs)],
    [word.schemas, schemas.join(', ')],
  ]
  return [
    `<!-- ${word.generated} -->`,
    `# ${command}`,
    `${title[language]}. [${word.all}](../callbacks.md)`.replace('. [', language === 'zh' ? '。[' : '. ['),
    tableOf(word.facts, facts),
    `## ${word.fields}`,
    tableOf(word.head, fieldsOf(definition.request, language)),
    ...(definition.phase === 'before' ? verdictsOf(definition, language) : []),
    `## ${word.sample}`,
    `\`\`\`json\n${JSON.stringify(sample, null, 2)}\n\`\`\``,
    `## ${word.try}`,
    `\`\`\`sh\nnpx timhook trigger ${command}\n\`\`\``,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n')
}

function orderOf({ by, fields }: OrderKey, language: Language): string {
  const text = words[language].by[by]
  return typeof text === 'string' ? text : text(fields.map(code).join(words[language].comma))
}

function verdictsOf(definition: BeforeDefinition, language: Language): string[] {
  const word = words[language]
  const fields = answerFields(definition)
  const rows = [
    [
      code(fields.length > 0 ? 'allow(fields?)' : 'allow()'),
      fields.length > 0 ? `${word.rewrites}${fields.map(code).join(word.comma)}` : word.allow,
    ],
    [
      code('reject(code?, info?)'),
      `${definition.perTarget ? word.perTarget : word.reject}${codesOf(definition, language)}`,
    ],
    ...(definition.drop ? [[code('drop()'), word.drop]] : []),
    [word.failure, code(definition.onFailure)],
  ]
  return [`## ${word.verdicts}`, tableOf(word.verdict, rows)]
}

interface Node {
  readonly type?: string | readonly string[]
  readonly wire?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly items?: Node
  readonly values?: readonly unknown[]
}

function fieldsOf(request: object, language: Language, at = ''): string[][] {
  const { properties = {}, required = [] } = request as Node
  return Object.entries(properties).flatMap(([name, node]) => {
    const path = `${at}${name}`
    const { comma, values: around, required: mark } = words[language]
    const list = node.values?.map((value) => code(String(value))).join(comma)
    const values = list === undefined ? '' : `${around[0]}${list}${around[1]}`
    const text = node.description === undefined ? '' : translate(language, node.description)
    const needed = at === '' && required.includes(name) ? mark : ''
    const below = node.wire === 'msg-body' ? [] : belowOf(node, path, language)
    return [[code(path), `${typeOf(node)}${needed}`, `${text}${values}`], ...below]
  })
}

function belowOf(node: Node, path: string, language: Language): string[][] {
  if (node.items) return fieldsOf(node.items, language, `${path}[].`)
  return fieldsOf(node, language, `${path}.`)
}

/** The type that a handler sees. */
function typeOf(node: Node): string {
  if (node.wire === 'msg-body') return '[MsgBody](../../../schemas/MsgBody.json)'
  if (node.wire === 'account') return 'string'
  if (node.wire !== undefined && !types(node).includes('object')) return node.wire
  if (node.items) return `array of ${typeOf(node.items)}`
  return types(node).join(' or ') || 'any'
}

function types({ type }: Node): string[] {
  if (type === undefined) return []
  return typeof type === 'string' ? [type] : [...type]
}
