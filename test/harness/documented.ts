import type { Definition } from '../../core/protocol/define.ts'

/** A schema of the table as plain data. */
export interface Node {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly required?: readonly string[]
}

/** A documented field of a body. */
export interface Documented {
  /** Its path, as errors name it: `Events[0].EventType`. */
  readonly path: string
  readonly keys: readonly (string | number)[]
  readonly node: Node
  /** Whether every body of that type has it. */
  readonly isRequired: boolean
}

/** The documented fields of a body that have a type, also nested ones whose object or list is in the sample. */
export function documentedFields({ request, sample }: Definition): Documented[] {
  return fieldsOf(request, sample, '', [], true)
}

function fieldsOf(
  node: Node,
  value: unknown,
  path: string,
  keys: readonly (string | number)[],
  isRequired: boolean,
): Documented[] {
  if (Array.isArray(value)) {
    if (!node.items || value.length === 0) return []
    const item = { path: `${path}[0]`, keys: [...keys, 0], node: node.items, isRequired: false }
    return [item, ...fieldsOf(node.items, value[0], item.path, item.keys, false)]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    // Any value is right.
    if (child.type === undefined) return []
    const needed = isRequired && (node.required ?? []).includes(name)
    const field = {
      path: path === '' ? name : `${path}.${name}`,
      keys: [...keys, name],
      node: child,
      isRequired: needed,
    }
    return [field, ...fieldsOf(child, (value as Record<string, unknown>)[name], field.path, field.keys, needed)]
  })
}

/** A value of a type that is not documented for any form of the field. */
export function wrongValue({ type }: Node): unknown {
  return [type].flat().includes('boolean') ? 7.5 : true
}

/** A copy of the body with another value for this field. */
export function withField(body: object, keys: readonly (string | number)[], value: unknown): object {
  const copy = structuredClone(body)
  let holder = copy as Record<string | number, unknown>
  for (const key of keys.slice(0, -1)) holder = holder[key] as typeof holder
  holder[keys.at(-1) ?? ''] = value
  return copy
}
