const DOMAINS = {
  china: 'console.tim.qq.com',
  singapore: 'adminapisgp.im.qcloud.com',
  seoul: 'adminapikr.im.qcloud.com',
  tokyo: 'adminapijpn.im.qcloud.com',
  frankfurt: 'adminapiger.im.qcloud.com',
  'silicon-valley': 'adminapiusa.im.qcloud.com',
  jakarta: 'adminapiidn.im.qcloud.com',
  riyadh: 'adminapiksa.im.qcloud.com',
  mumbai: 'adminapiind.im.qcloud.com',
} as const

/** Where an app was created, which decides the domain of its REST API (intl 34620). */
export type Region = keyof typeof DOMAINS

export const REGIONS = Object.keys(DOMAINS) as Region[]

/** The base URL of a region's REST API. */
export function baseUrlOf(region: Region): string {
  return `https://${DOMAINS[region]}`
}
