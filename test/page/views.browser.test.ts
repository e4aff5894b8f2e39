import { expect } from 'chai'
import { definePlugin } from '../../core/plugin.ts'
import { closeBrowserAfterAll, openPage } from '../harness/browser.ts'
import { full, FULL } from '../harness/plugin.ts'
import { serve, signed } from '../harness/server.ts'
import { activeGroup, fakeWith, GROUP, QUICK, THREE_INACTIVE } from '../plugins/group-full/support.ts'
import { LANGUAGES, shownServer } from './support.ts'

const bad = definePlugin({
  name: 'bad',
  handlers: { [FULL]: () => undefined },
  commands: {
    hangs: { description: 'Never ends', view: true, run: () => new Promise<void>(() => undefined) },
    writes: { description: 'Writes', view: true, run: ({ store }) => store.set('key', 'value') },
  },
})

describe('tables of plugins on the page', () => {
  closeBrowserAfterAll()

  for (const { locale, texts } of LANGUAGES) {
    it(`show the runs of group-full, who was chosen and why, in ${locale}`, async () => {
      const { apps } = await fakeWith([activeGroup({}, THREE_INACTIVE)])
      const { server, bus, post } = await serve({
        apps,
        admin: { port: 0 },
        plugins: [{ use: 'group-full', options: { ...QUICK, targetFree: 2, maxFraction: 1 } }],
      })
      const run = bus.next('plugin:group-full:run')
      await post(FULL, full({ GroupId: GROUP, EventTime: Date.now() }), signed())
      await run
      const timezoneId = 'Asia/Shanghai'
      const { page, troubles } = await openPage(`${server.adminUrl}#/plugins/group-full`, { locale, timezoneId })
      await page.getByRole('link', { name: 'runs' }).click()
      const table = page.getByRole('table')
      await table.getByText(texts['plugins.rows'].replace('{count}', '2')).waitFor()
      const rows = await table.getByRole('row').all()
      const [heads, first, second] = await Promise.all(
        rows.map((row) =>
          row
            .locator('th, td')
            .allInnerTexts()
            .then((cells) => cells.map((cell) => cell.trim())),
        ),
      )
      expect(heads).to.deep.equal('time app group mode outcome members protected rank account state why'.split(' '))
      // In the viewer's zone, with its offset.
      expect(first?.[0]).to.match(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \+08:00$/)
      expect(first?.slice(2)).to.include.members([GROUP, 'remove', 'removed', 'g-6', 'removal requested'])
      expect(first?.at(-1)).to.match(/^inactive for 200 days: last message 200 days ago/)
      expect(second?.slice(7, 9)).to.deep.equal(['2', 'g-5'])
      expect(troubles).to.deep.equal([])
    })

    it(`say so where a view does not end, or would change the store, in ${locale}`, async () => {
      const { server, url } = await shownServer({}, [{ use: bad }])
      const { page } = await openPage(`${url}#/plugins/bad/hangs`, { locale })
      const alert = page.getByRole('alert').filter({ hasText: texts['fail.unavailable'] })
      await alert.getByText('view hangs of plugin bad did not end within 5 s').waitFor()
      await page.goto(`${url}#/plugins/bad/writes`)
      await alert.getByText('a view may read the store, and not change it').waitFor()
      expect(await server.server.running.stores.of('bad').get('key')).to.equal(undefined)
    })
  }
})
