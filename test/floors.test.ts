import { expect } from 'chai'
import { faultsOf, readImports } from './floors/check.ts'
import { importsOf } from './floors/imports.ts'
import { floorOf, printTable, rows } from './floors/table.ts'

const faults = (files: Record<string, string[]>): string[] => faultsOf(new Map(Object.entries(files)))

describe('floors', () => {
  it('no file imports upward, sideways or in a cycle', () => {
    const found = faultsOf(readImports())
    expect(found, [printTable(), ...found].join('\n')).to.deep.equal([])
  })

  it('every row names a file or a folder that exists', () => {
    const files = [...readImports().keys()]
    for (const row of rows) {
      expect(
        files.some((file) => floorOf(file) === row),
        row.at,
      ).to.equal(true)
    }
  })

  it('a folder has at most 14 files, unless it is a list, and the top of core at most 10', () => {
    const counts = new Map<string, number>()
    for (const file of readImports().keys()) {
      const folder = file.slice(0, file.lastIndexOf('/'))
      counts.set(folder, (counts.get(folder) ?? 0) + 1)
    }
    const isList = (folder: string): boolean => folder.startsWith('core/protocol') || folder === 'core/cli/commands'
    const full = [...counts].filter(([folder, count]) => !isList(folder) && count > (folder === 'core' ? 10 : 14))
    expect(full).to.deep.equal([])
  })

  it('an upward import is a fault', () => {
    const found = faults({ 'core/errors.ts': ['core/dispatch.ts'], 'core/dispatch.ts': [] })
    expect(found).to.deep.equal([
      `core/errors.ts (floor 0) imports core/dispatch.ts (floor ${floorOf('core/dispatch.ts')?.floor}): upward`,
    ])
  })

  it('so is one from another folder of the same floor', () => {
    expect(faults({ 'core/rest/calls/rest.ts': ['core/store/store.ts'] })).to.deep.equal([
      'core/rest/calls/rest.ts imports core/store/store.ts: both are on floor 1, in different folders',
    ])
    expect(faults({ 'config/sections/apps.ts': ['config/sections/log.ts'] })).to.deep.equal([])
  })

  it('so is a circle', () => {
    expect(
      faults({ 'core/before/decide.ts': ['core/before/chain.ts'], 'core/before/chain.ts': ['core/before/decide.ts'] }),
    ).to.deep.equal(['a circle: core/before/decide.ts → core/before/chain.ts → core/before/decide.ts'])
  })

  it('so is a plugin that imports more of the project than its public entry', () => {
    for (const to of ['core/plugin.ts', 'timhook', 'plugins/other/index.ts']) {
      const found = faults({ 'plugins/a/index.ts': [to] })
      expect(found).to.deep.equal([
        `plugins/a/index.ts imports ${to}; a shipped plugin imports timhook/plugin and its own folder only`,
      ])
    }
    expect(faults({ 'plugins/a/index.ts': ['timhook/plugin', 'plugins/a/b.ts', 'node:fs'] })).to.deep.equal([])
  })

  it('so is a protocol file that imports anything but typebox and its folder', () => {
    for (const to of ['core/errors.ts', 'node:fs', '#typeboxes']) {
      expect(faults({ 'core/protocol/define.ts': [to] })).to.deep.equal([
        `core/protocol/define.ts imports ${to}; core/protocol imports typebox and itself only`,
      ])
    }
    expect(faults({ 'core/protocol/define.ts': ['#typebox', 'core/protocol/codes.ts'] })).to.deep.equal([])
  })

  it('so is a file that has the many files of typebox loaded, which takes as long as all the rest', () => {
    for (const to of ['typebox', 'typebox/schema']) {
      expect(faults({ 'config/check/check.ts': [to] })).to.deep.equal([
        `config/check/check.ts imports ${to}; #typebox is the same in one file`,
      ])
    }
    expect(faults({ 'config/check/check.ts': ['#typebox', '#typebox/schema'] })).to.deep.equal([])
  })

  it('so is a file that stands on no floor', () => {
    expect(faults({ 'core/new-idea.ts': [] })).to.deep.equal([
      'core/new-idea.ts stands on no floor: add it to a row of test/floors/table.ts',
    ])
  })

  it('sees every form of import', () => {
    const source = `
      import { a } from './a.ts'
      import type { B } from '../b.ts'
      import {
        type C,
      } from "./c.ts"
      import './d.ts'
      export { e } from './e.ts'
      export * from './f.ts'
      const g = await import('./g.ts')
      type H = import('./h.ts').H
      // import { no } from './no.ts'
      /* export { no } from './no.ts' */
      const url = 'https://example.org' // import('./no.ts')
      import('node:fs')
    `
    const names = ['core/a.ts', 'b.ts', 'core/c.ts', 'core/e.ts', 'core/f.ts', 'core/d.ts', 'core/g.ts', 'core/h.ts']
    expect(importsOf(source, 'core/x.ts')).to.deep.equal([...names, 'node:fs'])
  })
})
