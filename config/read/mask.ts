import type { TSchema } from '#typebox'
import { maskText } from '../mask-text.ts'
import { branchesOf, resolveNode, type Scope, type SchemaNode } from '../schema/node.ts'
import { getKey, isPlainObject, setKey } from '../schema/objects.ts'
import { ConfigSchema } from '../schema/schema.ts'

const MASK = '***'

/** Adds to `secrets` every text of a value that its schema marks `secret: true`, and every password of a URL in it. */
export function collectSecrets(schema: TSchema, value: unknown, secrets: Set<string>): void {
  collect([schema], value, { secrets, scope: {}, isSecret: false })
}

/**
 * A deep copy for printing, in which secrets are `***`: what the config's schema marks secret, every text that is one of
 * `secrets` or holds one, and the passwords of URLs. Plugins given as objects print as their name.
 */
export function maskConfig(config: unknown, secrets: ReadonlySet<string>): unknown {
  const all = new Set(secrets)
  collectSecrets(ConfigSchema, config, all)
  return mask(config, all)
}

function mask(value: unknown, secrets: ReadonlySet<string>): unknown {
  if (typeof value === 'string') return secrets.has(value) ? MASK : maskText(value, secrets)
  if (typeof value === 'number' || typeof value === 'bigint') return secrets.has(String(value)) ? MASK : value
  if (Array.isArray(value)) return value.map((item) => mask(item, secrets))
  if (typeof value === 'function') return '[function]'
  if (typeof value !== 'object' || value === null) return value
  if (isPlainObject(value) && !isPlainObject(value.handlers)) {
    const copy = {}
    for (const [key, item] of Object.entries(value)) setKey(copy, key, mask(item, secrets))
    return copy
  }
  const name = getKey(value, 'name')
  return typeof name === 'string' ? name : `[${value.constructor.name}]`
}

interface Collecting {
  secrets: Set<string>
  scope: Scope
  isSecret: boolean
}

/** Walks a value along all the schemas that may describe it. */
function collect(schemas: readonly unknown[], value: unknown, { secrets, scope, isSecret }: Collecting): void {
  const nodes = schemas.flatMap((schema) => expand(schema, scope))
  // A plugin given as an object is code: it may contain anything, even itself.
  if (typeof value === 'object' && nodes.some((node) => node.code === true)) return
  const marked = isSecret || nodes.some((node) => node.secret === true)
  const next = {
    secrets,
    isSecret: marked,
    scope: Object.assign({}, scope, ...schemas.map((schema) => resolveNode(schema, scope).scope)) as Scope,
  }
  if (Array.isArray(value)) for (const [index, item] of value.entries()) collect(itemSchemas(nodes, index), item, next)
  else if (isPlainObject(value))
    for (const [key, item] of Object.entries(value)) collect(keySchemas(nodes, key), item, next)
  else if (typeof value === 'string' || typeof value === 'number') add(String(value), marked, secrets)
}

function add(text: string, isSecret: boolean, secrets: Set<string>): void {
  if (isSecret && text !== '') secrets.add(text)
  // Longer than a URL parser would have it, so that a password with an unescaped / or @ is masked too.
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^/?#:@]*:(.+)@/is.exec(text)?.[1]
  if (password === undefined) return
  secrets.add(password)
  try {
    secrets.add(decodeURIComponent(password))
  } catch {
    // Not percent-encoded: the text itself is the password.
  }
}

/** A schema, the branches of its unions and the parts of its intersections. */
function expand(schema: unknown, scope: Scope, depth = 0): SchemaNode[] {
  const resolved = resolveNode(schema, scope)
  const parts = [
    ...(branchesOf(resolved.node) ?? []),
    ...(Array.isArray(resolved.node.allOf) ? resolved.node.allOf : []),
  ]
  // A union that contains itself accepts nothing.
  return depth > 16 ? [] : [resolved.node, ...parts.flatMap((part) => expand(part, resolved.scope, depth + 1))]
}

function keySchemas(nodes: readonly SchemaNode[], key: string): unknown[] {
  return nodes
    .flatMap((node) => [
      getKey(node.properties, key),
      node.additionalProperties,
      ...Object.entries(node.patternProperties ?? {}).map(([pattern, schema]) =>
        new RegExp(pattern, 'u').test(key) ? schema : true,
      ),
    ])
    .filter(isPlainObject)
}

function itemSchemas(nodes: readonly SchemaNode[], index: number): unknown[] {
  return nodes
    .flatMap((node) => {
      const tuple = Array.isArray(node.items) ? node.items : node.prefixItems
      return [node.items, node.additionalItems, getKey(tuple, index)]
    })
    .filter(isPlainObject)
}
