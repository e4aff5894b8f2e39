import type { UserSigSettings } from './usersig.ts'
import { baseUrlOf, type Region } from '../../protocol/rest-regions.ts'

/** The app that is called, the address, and the administrator. */
export interface RestSettings extends UserSigSettings {
  readonly baseUrl: string
}

/** The settings in the config: `region` or `baseUrl`, not both. */
interface RestInput {
  readonly region?: Region
  readonly baseUrl?: string
  readonly identifier: string
  readonly secretKey: string
}

export function restSettings(sdkAppId: number, { region, baseUrl, identifier, secretKey }: RestInput): RestSettings {
  const base = baseUrl ?? baseUrlOf(region ?? 'china')
  return { sdkAppId, identifier, secretKey, baseUrl: base.replace(/\/+$/, '') }
}

/** The URL of one request. It holds a UserSig, so it must not appear in logs or errors. */
export function urlOf(settings: RestSettings, api: string, usersig: string, random: number): string {
  const { baseUrl, sdkAppId, identifier } = settings
  const query = `sdkappid=${sdkAppId}&identifier=${encodeURIComponent(identifier)}&usersig=${usersig}`
  return `${baseUrl}/v4/${api}?${query}&random=${random}&contenttype=json`
}
