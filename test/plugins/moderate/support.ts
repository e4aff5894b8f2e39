import { testPlugin, type TestPlugin, type TestSettings } from '../../../core/testing.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import type { FakeService } from './fakes.ts'
import { API_KEY, SECRET_ID, SECRET_KEY } from './fakes.ts'

export const GROUP = 'Group.CallbackBeforeSendMsg'
export const C2C = 'C2C.CallbackBeforeSendMsg'

/** Long, so that a busy machine fails no test. */
const PATIENT = { timeoutMs: 60_000 }

export async function moderate(options: object, settings: Omit<TestSettings, 'options'> = {}): Promise<TestPlugin> {
  const plugin = await testPlugin('moderate', { ...settings, options: { ...PATIENT, ...options } })
  stopAfterTest(() => plugin.close())
  return plugin
}

export async function started(service: Promise<FakeService>): Promise<FakeService> {
  const fake = await service
  stopAfterTest(() => fake.close())
  return fake
}

export const tms = ({ url }: FakeService): object => ({
  tms: { secretId: SECRET_ID, secretKey: SECRET_KEY, url, imageUrl: url },
})

export const openai = ({ url }: FakeService, more: object = {}): object => ({
  openai: { url: `${url}/v1`, apiKey: API_KEY, ...more },
})

export const text = (Text: string): { MsgBody: { MsgType: 'TIMTextElem'; MsgContent: { Text: string } }[] } => ({
  MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text } }],
})
