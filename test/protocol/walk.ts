import { type DocumentedField, documentedType, documentedValues } from './documented.ts'

/** A schema as plain data, as far as it is compared with the documents. */
export interface Node {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly description?: string
  readonly wire?: string
  readonly values?: readonly (string | number)[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly items?: Node
}

/** A field of the documents beside the one of the table, or one of the two alone. */
export interface Place {
  /** The path of the field within the body, its lists left out: `ProfileItem.Value`. */
  readonly path: string
  readonly field: DocumentedField | undefined
  readonly node: Node | undefined
}

/** All fields of the documents and of the table side by side, the nested ones too. */
export function places(fields: readonly DocumentedField[], node: Node | undefined, prefix = ''): Place[] {
  const properties = inside(node)?.properties ?? {}
  const names = new Set([...fields.map(({ name }) => name), ...Object.keys(properties)])
  return [...names].flatMap((name) => {
    const field = fields.find((one) => one.name === name)
    const place = { path: prefix + name, field, node: properties[name] }
    const inner = field?.fields ?? field?.items?.fields
    // What an undocumented field holds need not be listed too; elements of messages are told where requests have them.
    const listed = field && (inner ?? place.node?.wire !== 'msg-body')
    return listed ? [place, ...places(inner ?? [], place.node, `${prefix}${name}.`)] : [place]
  })
}

/** The object that a field is or lists. */
function inside(node: Node | undefined): Node | undefined {
  return !node || node.properties ? node : inside(node.items)
}

/** The type of a field of the table, in the documents' words. */
function typeOf(node: Node): string {
  if (node.wire === 'account' || node.wire === 'integer' || node.wire === 'number') return node.wire
  return [node.type ?? 'unknown'].flat().toSorted().join(' or ')
}

/** How the types of a field, and of what it lists, differ from the documents; undefined where they agree. */
export function typeDifference({ path, field, node }: Place): string | undefined {
  if (!field || !node) return undefined
  const types: [string, string][] = [[documentedType(field.name, field.type), typeOf(node)]]
  if (field.items && node.items) types.push([documentedType(field.name, field.items.type), typeOf(node.items)])
  const [wrong] = types.filter(([wanted, found]) => wanted !== found)
  return wrong && `${path}: ${wrong[0]} in the documents, ${wrong[1]} in the table`
}

/** The values that the documents name and the table lacks, and the other way round. */
export function valueDifference({ field, node }: Place): { missing: unknown[]; extra: unknown[] } {
  if (!field || !node) return { missing: [], extra: [] }
  const wanted = documentedValues(field)
  const found = node.const === undefined ? (node.values ?? []) : [node.const as string]
  return {
    missing: wanted.filter((value) => !found.includes(value)),
    extra: found.filter((value) => !wanted.includes(value)),
  }
}
