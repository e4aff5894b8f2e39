import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { quote } from '../faults.ts'

/** Where the values of `${…}` come from. */
export interface Sources {
  env: Readonly<Record<string, string | undefined>>
  /** Folder that `${file:…}` is relative to. */
  folder: string
}

/** A text with its `${…}` replaced. */
export interface ResolvedText {
  text: string
  /** Whether the whole text, a part of it, or nothing was replaced. */
  kind: 'whole' | 'part' | false
  problems: string[]
  /** Contents of `${file:…}`. */
  secrets: string[]
}

type Piece = { text: string; secret?: boolean } | { problem: string }

/** Replaces every `${…}` of a text, once: replacements are not interpolated again. `$${` stands for a literal `${`. */
export function resolveText(text: string, sources: Sources): ResolvedText {
  const result: ResolvedText = { text: '', kind: false, problems: [], secrets: [] }
  let from = 0
  for (;;) {
    const start = text.indexOf('${', from)
    if (start === -1) break
    if (start > from && text[start - 1] === '$') {
      result.text += `${text.slice(from, start - 1)}\${`
      from = start + 2
      continue
    }
    result.text += text.slice(from, start)
    const end = text.indexOf('}', start)
    if (end === -1) {
      result.problems.push('${ without a closing }; write $${ for the characters themselves')
      return result
    }
    take(result, resolvePiece(text.slice(start + 2, end), sources))
    result.kind = start === 0 && end === text.length - 1 ? 'whole' : 'part'
    from = end + 1
  }
  result.text += text.slice(from)
  return result
}

function take(result: ResolvedText, piece: Piece): void {
  if ('problem' in piece) {
    result.problems.push(piece.problem)
    return
  }
  result.text += piece.text
  if (piece.secret === true) result.secrets.push(piece.text)
}

function resolvePiece(body: string, sources: Sources): Piece {
  if (body.startsWith('file:')) return readSecret(body.slice('file:'.length), sources.folder)
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:-|:\?)(.*))?$/s.exec(body)
  const name = match?.[1]
  // The body is not printed: it may be the secret itself.
  if (name === undefined) return { problem: 'expected ${NAME}, ${NAME:-default}, ${NAME:?why} or ${file:PATH}' }
  // Only an own key: `constructor` is not a variable.
  const value = Object.hasOwn(sources.env, name) ? sources.env[name] : undefined
  if (value !== undefined && value !== '') return { text: value }
  const rest = match?.[3] ?? ''
  if (match?.[2] === ':-') return { text: rest }
  const state = `the environment variable ${name} is ${value === undefined ? 'not set' : 'empty'}`
  return { problem: rest === '' ? state : `${state}: ${rest}` }
}

function readSecret(path: string, folder: string): Piece {
  if (path === '') return { problem: 'expected a path in ${file:PATH}' }
  try {
    const content = readFileSync(resolve(folder, path), 'utf8').replace(/\r?\n$/, '')
    return content === '' ? { problem: `the file ${quote(path)} is empty` } : { text: content, secret: true }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    return { problem: `cannot read the file ${quote(path)} (${code})` }
  }
}
