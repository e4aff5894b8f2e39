import type { Config } from '../../../config/schema/schema.ts'
import { baseUrlOf } from '../../protocol/rest-regions.ts'
import { advice, fault, type Finding, fine } from './finding.ts'

const TIMEOUT_MS = 5000
/** A `Date` header has whole seconds. */
const RESOLUTION_MS = 1000

/**
 * Compares this machine's clock with the `Date` of the REST API, if an app has settings for it. Without them there is
 * nothing to compare with.
 */
export async function examineClock({ apps }: Config, now: () => number = Date.now): Promise<Finding[]> {
  const app = apps.find(({ rest }) => rest !== undefined)
  if (!app?.rest) return [advice('the clock was not checked: no app has `rest`, whose server would tell the time')]
  const { rest, signatureWindow } = app
  const url = rest.baseUrl ?? baseUrlOf(rest.region ?? 'china')
  const { host } = new URL(url)
  const before = now()
  try {
    const { headers } = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const after = now()
    const date = Date.parse(headers.get('date') ?? '')
    if (Number.isNaN(date)) return [advice(`the clock was not checked: ${host} sends no Date`)]
    // `date`, or up to a second later, lies between these two times.
    const ahead = Math.max(0, before - (date + RESOLUTION_MS))
    const behind = Math.max(0, date - after)
    const offSeconds = Math.round((ahead + behind) / 1000)
    const what = `${offSeconds} s ${ahead > 0 ? 'ahead of' : 'behind'} that of ${host}`
    if (offSeconds * 1000 > signatureWindow / 2)
      return [fault(`the clock of this machine is ${what}: signatures are refused for it; run NTP`)]
    return [
      offSeconds > 2
        ? advice(`the clock of this machine is ${what}: run NTP`)
        : fine(`the clock agrees with that of ${host}`),
    ]
  } catch {
    return [advice(`the clock was not checked: ${host} cannot be reached from here`)]
  }
}
