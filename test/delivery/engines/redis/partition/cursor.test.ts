import { expect } from 'chai'
import { Cursor } from '../../../../../core/delivery/engines/redis/partition/cursor.ts'

const entriesOf = (places: readonly { entry: string }[] = []): string[] => places.map(({ entry }) => entry)

describe('the trail of a partition', () => {
  it('tells of what is done in turn by the last of it', () => {
    const trail = new Cursor()
    const [one, two] = [trail.add('1'), trail.add('2'), trail.add('3')]
    for (const place of [two, one]) if (place) trail.finish(place)
    const stretch = trail.cut()
    expect(stretch?.entry).to.equal('2')
    expect(entriesOf(stretch?.done)).to.deep.equal(['1', '2'])
    expect(stretch?.claimed).to.deep.equal([])
    expect(trail.cut()).to.equal(undefined)
  })

  it('names what is not done before something that is, once', () => {
    const trail = new Cursor()
    const [one, two] = [trail.add('1'), trail.add('2')]
    trail.finish(two)
    expect(entriesOf(trail.cut()?.claimed)).to.deep.equal(['1'])
    expect(trail.finish(one)).to.equal(false)
    expect(trail.cut()).to.equal(undefined)
  })

  it('names what is to be pending, and all before it that is not done', () => {
    const trail = new Cursor()
    const [, two] = [trail.add('1'), trail.add('2'), trail.add('3')]
    const stretch = trail.cut(two)
    expect(stretch?.entry).to.equal('2')
    expect(entriesOf(stretch?.claimed)).to.deep.equal(['1', '2'])
  })

  it('passes what is nobody else’s only once nothing before it is open', () => {
    const trail = new Cursor()
    const one = trail.add('1')
    trail.pass('5')
    expect(trail.cut()).to.equal(undefined)
    trail.finish(one)
    expect(trail.cut()?.entry).to.equal('5')
    trail.pass('7')
    expect(trail.cut()?.entry).to.equal('7')
    expect(trail.cut()).to.equal(undefined)
  })

  it('goes back nowhere where something is read again', () => {
    const trail = new Cursor()
    const [one, two] = ['5-0', '10-0'].map((entry) => trail.add(entry))
    expect(trail.pass('7-0')).to.equal(false)
    for (const place of [one, two]) if (place) trail.finish(place)
    expect(trail.cut()?.entry).to.equal('10-0')
    expect(trail.pass('10-0')).to.equal(false)
    expect(trail.pass('11-0')).to.equal(true)
  })
})
