import { posix } from 'node:path'

const STRING_OR_COMMENT = /(['"`])(?:\\.|(?!\1)[^\\\n])*\1|\/\/.*|\/\*[\s\S]*?\*\//g
const FROM = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])([^'"\n]+)\1/gm
const UNASSIGNED = /^\s*import\s*(['"])([^'"\n]+)\1/gm
const DYNAMIC = /\bimport\s*\(\s*(['"])([^'"\n]+)\1/g

/**
 * What a TypeScript file imports, types included: relative specifiers as paths from the root, packages as written.
 * Does not see a dynamic import with a computed specifier.
 */
export function importsOf(source: string, file: string): string[] {
  const code = source.replace(STRING_OR_COMMENT, (token) => (token.startsWith('/') ? ' ' : token))
  const specifiers = [FROM, UNASSIGNED, DYNAMIC].flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, , specifier = '']) => specifier),
  )
  return [...new Set(specifiers)].map((specifier) =>
    specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier,
  )
}
