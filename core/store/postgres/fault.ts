import { TimhookError } from '../../errors.ts'
import { connectionFault } from '../../lib/net/host.ts'

/** Codes that the driver itself uses, and what they mean. */
const DRIVER_SAYS = [
  [/SSL connections$/, 'it does not speak TLS; set sslmode=disable, or ssl = on in postgresql.conf'],
  [/timeout expired|connection timeout|^Query read timeout|trying to connect$/, 'it does not answer'],
  [/^(?:Connection terminated|Client has encountered|Client was closed)/, 'the connection is lost'],
] as const

const REFUSALS: readonly unknown[] = ['28P01', '28000', '3D000', '42501']
/** The server is stopping, starting, or was asked to end this connection. */
const ENDING: readonly unknown[] = ['57P01', '57P02', '57P03', '57P05']

interface DriverError {
  readonly message: string
  readonly code?: unknown
}

/** Whether PostgreSQL has refused us for good, so that a retry cannot help. */
export function isRefusal(error: unknown): boolean {
  return error instanceof TimhookError
    ? error.code === 'STORE_UNSUITABLE' || error.code === 'STORE_NOT_DURABLE'
    : REFUSALS.includes((error as DriverError).code) || /password must be a/.test((error as DriverError).message)
}

/** Whether PostgreSQL has rolled back all of it, since it and another one waited for each other. */
export function isDeadlock(error: unknown): boolean {
  return (error as DriverError).code === '40P01'
}

/** Whether the connection is lost, or is to a server that no longer accepts writes. */
export function isLost(error: unknown): boolean {
  if (error instanceof TimhookError) return error.code === 'STORE_UNREACHABLE'
  const { code } = error as DriverError
  return !isSqlState(code) || code === '25006' || code.startsWith('08') || ENDING.includes(code)
}

/**
 * Turns an error of PostgreSQL or its driver into one that may be logged. Their sentences and details may quote values,
 * so only the code is kept.
 * @param place where PostgreSQL is, for the sentence
 */
export function postgresFault(error: unknown, place?: string): TimhookError {
  if (error instanceof TimhookError) return error
  const at = place === undefined ? 'PostgreSQL' : `PostgreSQL at ${place}`
  const { message, code } = error as DriverError
  if (message.includes('after calling end on the pool')) {
    return new TimhookError('STORE_CLOSED', `the connection to ${at} is closed`)
  }
  if (code === '28P01' || code === '28000' || message.includes('password must be a')) {
    const word = typeof code === 'string' ? code : 'it requires a password'
    return new TimhookError('STORE_AUTH_FAILED', `${at} refuses the user or the password (${word})`, {
      hint: 'Set them in delivery.postgres.url, as postgres://user:password@host/database; pg_hba.conf says who may connect, and whether TLS is needed (sslmode=require).',
    })
  }
  if (code === '3D000') {
    return new TimhookError('STORE_UNSUITABLE', `${at} has no such database`, {
      hint: 'Name one at the end of delivery.postgres.url, or create it: CREATE DATABASE timhook OWNER timhook.',
    })
  }
  if (code === '42501') {
    return new TimhookError('STORE_AUTH_FAILED', `${at} does not let this user do what timhook needs (42501)`, {
      hint: 'Make the user the owner of the schema: CREATE SCHEMA timhook AUTHORIZATION the_user.',
    })
  }
  if (code === '25006') return readOnly(at)
  if (code === '53300') {
    return new TimhookError('STORE_UNREACHABLE', `${at} has no connection left (53300)`, {
      hint: 'A timhook process needs up to 12: raise max_connections, or put a PgBouncer in front of it.',
    })
  }
  if (code === '53100') return new TimhookError('STORE_UNUSABLE', `the disk of ${at} is full (53100)`)
  if (isSqlState(code) && !ENDING.includes(code) && !code.startsWith('08')) {
    return new TimhookError('STORE_UNUSABLE', `${at} answers ${code}`)
  }
  return new TimhookError('STORE_UNREACHABLE', `${at} cannot be reached: ${whyOf(message, code)}`, {
    hint: 'Is it running, and is delivery.postgres right?',
  })
}

/** A standby, or one whose administrator has forbidden writes. */
export function readOnly(at: string): TimhookError {
  return new TimhookError('STORE_UNSUITABLE', `${at} accepts no writes: it is a standby, or read-only`, {
    hint: 'Name its primary in delivery.postgres.url, or all of them: postgres://user@first:5432,second:5432/database.',
  })
}

function whyOf(message: string, code: unknown): string {
  const said = DRIVER_SAYS.find(([pattern]) => pattern.test(message))?.[1]
  if (said !== undefined) return said
  if (isSqlState(code)) return code === '57P03' ? 'it is starting' : `it ends (${code})`
  return typeof code === 'string' ? connectionFault(code) : 'the connection is lost'
}

function isSqlState(code: unknown): code is string {
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code)
}
