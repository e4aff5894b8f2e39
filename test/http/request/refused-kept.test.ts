import { join } from 'node:path'
import { expect } from 'chai'
import type { Entry } from '../../../core/delivery/history.ts'
import { shared, until } from '../../delivery/contract/histories.ts'
import { folderWith } from '../../harness/cli.ts'
import { FULL } from '../../harness/plugin.ts'
import { signed, SIGNED_APP, UNSIGNED_APP } from '../../harness/server.ts'

const settings = async (): Promise<{ engine: 'sqlite'; sqlite: { file: string } }> => ({
  engine: 'sqlite',
  sqlite: { file: join(await folderWith({}), 'timhook.db') },
})
const STRAY = JSON.stringify({ CallbackCommand: FULL, GroupId: 'g' })

/** Posts each, and gives what is kept: `last` is posted at the end, so that nothing is still on its way. */
async function kept(posts: (readonly [query: string, body: string])[]): Promise<Entry[]> {
  const { serve, open } = await shared(settings)
  const { request } = await serve([])
  const last = [`SdkAppid=${UNSIGNED_APP}&CallbackCommand=Last.One`, 'last'] as const
  for (const [query, body] of [...posts, last]) await request(`/?${query}`, { method: 'POST', body })
  const history = await open()
  const { entries } = await until(
    () => history.forward({ bodies: true }),
    (page) => page.entries.at(-1)?.command === 'Last.One',
  )
  return entries.slice(0, -1)
}

describe('a refused callback', () => {
  it('is recorded with its text, its command and the reason', async () => {
    const entries = await kept([
      [`SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`, '{"a":'],
      [`sdkappid=${UNSIGNED_APP}&CallbackCommand=X.Y`, '"text"'],
      [`SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`, ''],
      [`SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`, `{"a":"${'a'.repeat(2 ** 20)}"}`],
      [`SdkAppid=${UNSIGNED_APP}&g=@TGS`, STRAY],
      [`SdkAppid=${UNSIGNED_APP}&command=start_call`, '{"Event":1}'],
      [`SdkAppid=${UNSIGNED_APP}`, '{"Events":[{"CallbackCommand":"Push.OfflinePush"}]}'],
      [`SdkAppid=${UNSIGNED_APP}`, '{"EventGroupId":1}'],
    ])
    const told = entries.map(({ command, undelivered, body }) => [
      command,
      undelivered?.error?.split(/[;:(]/)[1]?.trim(),
      body?.raw,
    ])
    expect(told).to.deep.equal([
      ['X.Y', 'is not JSON', '{"a":'],
      ['X.Y', 'expected a JSON object, got a string', '"text"'],
      ['X.Y', 'is empty', ''],
      ['X.Y', 'is larger than server.bodyLimit', ''],
      [FULL, 'is required in the URL, as the body has it', STRAY],
      ['start_call', 'is required', '{"Event":1}'],
      ['Push.OfflinePush', 'is required in the URL', '{"Events":[{"CallbackCommand":"Push.OfflinePush"}]}'],
      ['', 'is required', '{"EventGroupId":1}'],
    ])
  })

  it('is recorded only of a known sender, and a URL check never is', async () => {
    const genuine = new URLSearchParams(signed()).toString()
    const entries = await kept([
      ['CallbackCommand=X.Y', 'no JSON'],
      ['SdkAppid=5&CallbackCommand=X.Y', 'no JSON'],
      ['', STRAY],
      ['command=start_call', '{}'],
      [`SdkAppid=${SIGNED_APP}&CallbackCommand=X.Y`, 'no JSON'],
      [`SdkAppid=${SIGNED_APP}`, STRAY],
      [`${genuine}0`, STRAY],
      [`SdkAppid=${UNSIGNED_APP}`, '{"test":1}'],
      [`SdkAppid=${UNSIGNED_APP}`, 'no JSON'],
      [genuine, STRAY],
    ])
    expect(entries.map(({ sdkAppId, signed, command }) => [sdkAppId, signed, command])).to.deep.equal([
      [SIGNED_APP, true, FULL],
    ])
  })
})
