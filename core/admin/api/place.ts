import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { ApiFault } from '../request/route.ts'

const key = randomBytes(32)

/** The place of a page, as clients see it: the engine only gets places back that this server has handed out. */
export function sealPlace(place: string): string {
  return `${Buffer.from(place).toString('base64url')}.${macOf(place).toString('base64url')}`
}

/** @throws ApiFault for a place that this process has not handed out */
export function openPlace(sealed: string): string {
  const [text = '', mac = ''] = sealed.split('.')
  const place = Buffer.from(text, 'base64url').toString()
  const given = Buffer.from(mac, 'base64url')
  const expected = macOf(place)
  if (given.length === expected.length && timingSafeEqual(given, expected)) return place
  throw new ApiFault(400, 'place: expected one that this server has handed out since its start; begin again without it')
}

function macOf(place: string): Buffer {
  return createHmac('sha256', key).update(place).digest()
}
