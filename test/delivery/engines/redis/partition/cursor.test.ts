import { expect } from 'chai'
import { Cursor } from '../../../../../core/delivery/engines/redis/partition/cursor.ts'

const entriesOf = (places: readonly { entry: string }[] = []): string[] => places.map(({ entry }) => entry)

describe('the cursor of a partition', () => {
  it('acks callbacks that end in order by the last of them', () => {
    const cursor = new Cursor()
    const [one, two] = [cursor.add('1'), cursor.add('2'), cursor.add('3')]
    for (const place of [two, one]) if (place) cursor.finish(place)
    const ackRange = cursor.takeAckRange()
    expect(ackRange?.entry).to.equal('2')
    expect(entriesOf(ackRange?.done)).to.deep.equal(['1', '2'])
    expect(ackRange?.claimed).to.deep.equal([])
    expect(cursor.takeAckRange()).to.equal(undefined)
  })

  it('names what is not done before something that is, once', () => {
    const cursor = new Cursor()
    const [one, two] = [cursor.add('1'), cursor.add('2')]
    cursor.finish(two)
    expect(entriesOf(cursor.takeAckRange()?.claimed)).to.deep.equal(['1'])
    expect(cursor.finish(one)).to.equal(false)
    expect(cursor.takeAckRange()).to.equal(undefined)
  })

  it('names what is to be pending, and all before it that is not done', () => {
    const cursor = new Cursor()
    const [, two] = [cursor.add('1'), cursor.add('2'), cursor.add('3')]
    const ackRange = cursor.takeAckRange(two)
    expect(ackRange?.entry).to.equal('2')
    expect(entriesOf(ackRange?.claimed)).to.deep.equal(['1', '2'])
  })

  it('passes what is nobody else’s only once nothing before it is open', () => {
    const cursor = new Cursor()
    const one = cursor.add('1')
    cursor.advance('5')
    expect(cursor.takeAckRange()).to.equal(undefined)
    cursor.finish(one)
    expect(cursor.takeAckRange()?.entry).to.equal('5')
    cursor.advance('7')
    expect(cursor.takeAckRange()?.entry).to.equal('7')
    expect(cursor.takeAckRange()).to.equal(undefined)
  })

  it('goes back nowhere where something is read again', () => {
    const cursor = new Cursor()
    const [one, two] = ['5-0', '10-0'].map((entry) => cursor.add(entry))
    expect(cursor.advance('7-0')).to.equal(false)
    for (const place of [one, two]) if (place) cursor.finish(place)
    expect(cursor.takeAckRange()?.entry).to.equal('10-0')
    expect(cursor.advance('10-0')).to.equal(false)
    expect(cursor.advance('11-0')).to.equal(true)
  })
})
