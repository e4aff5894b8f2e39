import { expect } from 'chai'
import { Completion } from '../../core/lib/completion.ts'

describe('a result that is still to come', () => {
  it('calls a listener at once, whether it was added before or after', () => {
    const told: string[] = []
    const early = new Completion<string>()
    early.then((value) => told.push(value))
    early.resolve('early')
    const late = new Completion<string>()
    late.resolve('late')
    late.then((value) => told.push(value))
    expect(told).to.deep.equal(['early', 'late'])
  })

  it('may be a failure', () => {
    const told: unknown[] = []
    for (const first of ['listen', 'fail']) {
      const later = new Completion<string>()
      const listen = (): void =>
        later.then(
          () => told.push('no'),
          (error: unknown) => told.push(error),
        )
      if (first === 'listen') listen()
      later.reject(first)
      if (first === 'fail') listen()
    }
    expect(told).to.deep.equal(['listen', 'fail'])
  })

  it('is the first one where several come, before anybody listens or after', () => {
    const told: unknown[] = []
    for (const listensFirst of [true, false]) {
      const later = new Completion<number>()
      const listen = (): void => later.then((value) => told.push(value))
      if (listensFirst) listen()
      later.resolve(1)
      later.resolve(2)
      later.reject(new Error('late'))
      if (!listensFirst) listen()
    }
    expect(told).to.deep.equal([1, 1])
  })

  it('can be awaited', async () => {
    const [later, failing] = [new Completion<number>(), new Completion<number>()]
    setImmediate(() => {
      later.resolve(7)
      failing.reject(new Error('broken'))
    })
    expect(await later).to.equal(7)
    const error: unknown = await Promise.resolve(failing).catch((error: unknown) => error)
    expect(error).to.have.property('message', 'broken')
  })

  it('comes to all who wait for it, in their order', async () => {
    const [later, failing] = [new Completion<number>(), new Completion<number>()]
    const told: string[] = []
    for (const name of ['first', 'second', 'third']) {
      later.then((value) => told.push(`${name} ${value}`))
      failing.then(
        () => told.push('no'),
        (error: unknown) => told.push(`${name} ${String(error)}`),
      )
    }
    const awaited = Promise.all([later, later])
    later.resolve(7)
    failing.reject('broken')
    expect(await awaited).to.deep.equal([7, 7])
    expect(told).to.deep.equal(['first 7', 'second 7', 'third 7', 'first broken', 'second broken', 'third broken'])
  })
})
