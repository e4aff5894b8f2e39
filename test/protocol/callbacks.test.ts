import { expect } from 'chai'
import { Compile } from '#typebox/schema'
import { commands } from '../../core/protocol/commands.ts'
import type { Definition } from '../../core/protocol/define.ts'
import { differencesOf } from './compare.ts'
import { type Documented, documented, documentedRanges } from './documented.ts'
import { extraFields, extraValues, otherTypes, withoutMessage } from './differences.ts'
import { type Node, places } from './walk.ts'

function definitionOf({ command }: Documented): Definition {
  const definition = commands.get(command)
  if (!definition) throw new Error(`the table lacks ${command}`)
  return definition
}

describe('the table of callbacks', () => {
  it('holds all 84 callbacks, in the order of the documents', () => {
    expect(documented).to.have.length(84)
    expect([...commands.keys()]).to.deep.equal(documented.map(({ command }) => command))
  })

  for (const one of documented) {
    describe(one.command, () => {
      it('has the titles, the phase and the document numbers', () => {
        const { title, phase, docs } = definitionOf(one)
        expect(title).to.deep.equal({ en: one.title, zh: one.titleZh })
        expect(phase).to.equal(one.phase)
        const { intl, cn, product } = one.docs
        const international = product === 1047 ? intl && { intl } : { other: `${product}/${intl}` }
        expect(docs).to.deep.equal({ ...international, ...(cn && { cn }) })
      })

      it('has every field and value of the request, in its type, and no others', () => {
        const { request } = definitionOf(one)
        expect(differencesOf(one.command, one.request.fields, request)).to.deep.equal([])
      })

      it('describes every field', () => {
        const { request } = definitionOf(one)
        const mute = places(one.request.fields, request as Node).filter(({ node }) => !node?.description)
        expect(mute.map(({ path }) => path)).to.deep.equal([])
      })

      it('requires what keeps it in order and the message, and nothing else', () => {
        const definition = definitionOf(one)
        const { properties = {}, required = [] } = definition.request as Node
        const keys: string[] = definition.phase === 'after' ? [...definition.order.fields] : []
        expect(keys.map((key) => key.split('.')[0])).to.include.members(required.filter((name) => name !== 'MsgBody'))
        const isAlwaysThere = properties['MsgBody'] !== undefined && !withoutMessage.includes(one.command)
        expect(required.includes('MsgBody')).to.equal(isAlwaysThere)
      })

      if (one.phase === 'after') return

      it('has the fields of the answer, and its codes', () => {
        const definition = definitionOf(one)
        if (definition.phase !== 'before') throw new Error('is an after-callback')
        expect(differencesOf(`${one.command} answer`, one.response.fields, definition.answer)).to.deep.equal([])
        expect(definition.codes.ranges).to.deep.equal(documentedRanges(one))
        expect(definition.drop).to.equal(one.response.errorCodes.some(({ code }) => code === 2))
        expect(definition.onFailure).to.equal(one.command === 'Live.CallbackBeforeSendGift' ? 'reject' : 'allow')
        const decided = one.response.fields.some(({ name }) => name === 'ResultItem')
        expect(definition.perTarget !== undefined).to.equal(decided)
        if (definition.perTarget) {
          expect((definition.request as Node).properties?.[definition.perTarget.list]?.type).to.equal('array')
        }
      })
    })
  }
})

describe('fields with another type in traffic than in the documents', () => {
  for (const [name, { documented: one, seen, why }] of Object.entries(otherTypes)) {
    it(`${name} is accepted in both (${why})`, () => {
      const [command = '', field = ''] = name.split(' ')
      const nodes = documented
        .filter((entry) => command === '*' || command === entry.command)
        .flatMap((entry) => places(entry.request.fields, definitionOf(entry).request as Node))
        .filter(({ path }) => path === field || (field.startsWith('*') && path.endsWith(field.slice(1))))
        .flatMap(({ node }) => (field.startsWith('*') && node?.items) || (node ?? []))
      expect(nodes).to.have.length.above(0)
      for (const node of nodes) {
        const schema = Compile(node as object)
        expect([schema.Check(one), schema.Check(seen)]).to.deep.equal([true, true])
      }
    })
  }
})

describe('the list of differences', () => {
  it('mentions nothing that does not exist', () => {
    const all = documented.flatMap((one) => {
      const definition = definitionOf(one)
      const answer = definition.phase === 'before' ? places(one.response.fields, definition.answer) : []
      return [
        ...places(one.request.fields, definition.request as Node).map((place) => ({ at: one.command, ...place })),
        ...answer.map((place) => ({ at: `${one.command} answer`, ...place })),
      ]
    })
    const extras = all.filter(({ field }) => !field).map(({ at, path }) => `${at} ${path}`)
    expect(Object.keys(extraFields).toSorted()).to.deep.equal(extras.toSorted())
    const names = all.map(({ at, path }) => `${at} ${path}`)
    expect(names).to.include.members(Object.keys(extraValues))
    expect(names).to.include.members(Object.keys(otherTypes).filter((name) => !name.startsWith('*')))
  })
})
