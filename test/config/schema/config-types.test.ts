import { expect } from 'chai'
import { defineConfig } from '../../../config/schema/schema.ts'
import { checkConfig } from '../../../config/read/read.ts'
import type { Config, ConfigInput } from '../../../config/schema/schema.ts'

type Item<T> = T extends readonly (infer I)[] ? I : never
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

// Compile-time: what a person may write has exactly the keys that the schema has.
const sameKeys: true[] = [
  true satisfies Same<keyof ConfigInput, keyof Config>,
  true satisfies Same<keyof NonNullable<ConfigInput['server']>, keyof Config['server']>,
  true satisfies Same<keyof Item<ConfigInput['apps']>, keyof Item<Config['apps']>>,
  true satisfies Same<keyof NonNullable<ConfigInput['delivery']>, keyof Config['delivery']>,
  true satisfies Same<keyof NonNullable<ConfigInput['log']>, keyof Config['log']>,
  true satisfies Same<keyof Item<NonNullable<ConfigInput['plugins']>>, keyof Item<Config['plugins']>>,
  true satisfies Same<Config['server']['bodyLimit'], number>,
  true satisfies Same<Item<Config['apps']>['signatureWindow'], number>,
  true satisfies Same<Extract<Item<Config['plugins']>['onFailure'], string>, 'allow' | 'reject' | 'drop'>,
]

describe('config: types', () => {
  it('a checked config is a config that may be written', () => {
    expect(sameKeys).to.not.include(false)
    const { config } = checkConfig(defineConfig({ apps: [{ sdkAppId: 1, tokens: ['abcd'] }] }), { env: {} })
    if (config === undefined) throw new Error('expected a config')
    const again: ConfigInput = config
    expect(checkConfig(again, { env: {} }).config).to.deep.equal(config)
  })

  it('mistakes are found while writing', () => {
    const mistakes = [
      // @ts-expect-error apps are needed
      () => defineConfig({}),
      // @ts-expect-error an unknown key
      () => defineConfig({ apps: [], servr: {} }),
      // @ts-expect-error not a log level
      () => defineConfig({ apps: [], log: { level: 'loud' } }),
    ]
    expect(mistakes.map((write) => checkConfig(write(), { env: {} }).config)).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ])
  })
})
