import { expect } from 'chai'
import { assert, constantFrom, dictionary, jsonValue, property, string } from 'fast-check'
import { replaceFields } from '../../../plugins/forward/format/replace-fields.ts'

describe('replaceFields', () => {
  it('replaces and adds top-level fields, and leaves the rest as it is written', () => {
    const json = ' { "a" : 12345678901234567890 , "b":{"a":[1,"}"]},\t"c\\u0064": "x\\"y" }\n'
    expect(replaceFields(json, { b: [1], cd: 'new', e: null })).to.equal(
      ' { "a" : 12345678901234567890 , "b":[1],\t"c\\u0064": "new" ,"e":null}\n',
    )
    expect(replaceFields('{}', { a: 1 })).to.equal('{"a":1}')
    expect(replaceFields(' { } ', { a: 1, b: 2 })).to.equal(' { "a":1,"b":2} ')
    expect(replaceFields(json, {})).to.equal(json)
  })

  it('means the same as an object that is spread, whatever JSON it is given', () => {
    const object = dictionary(string(), jsonValue()).filter((given) => !Object.hasOwn(given, '__proto__'))
    const spaces = constantFrom(undefined, 1, '\t')
    assert(
      property(object, object, spaces, (before, fields, space) => {
        const keys = Object.keys(before)
        const own = Object.fromEntries(Object.entries(fields).map(([key, value], at) => [keys[at * 2] ?? key, value]))
        const replaced = replaceFields(JSON.stringify(before, null, space), own)
        expect(JSON.parse(replaced)).to.deep.equal(JSON.parse(JSON.stringify({ ...before, ...own })))
      }),
    )
  })
})
