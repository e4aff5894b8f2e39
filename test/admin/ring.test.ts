import { expect } from 'chai'
import { difference, type Numbers, quantile } from '../../core/admin/live/numbers.ts'
import { createRecorder } from '../../core/admin/live/recorder.ts'
import type { Family } from '../../core/observe/metrics/family.ts'

/** Families with this many callbacks so far, all answered within 5 ms. */
function families(callbacks: number, backlog = 0): Family[] {
  const bucket = (le: string, value: number): Family['samples'][number] => ({
    suffix: '_bucket',
    labels: { phase: 'after', le },
    value,
  })
  return [
    {
      name: 'timhook_callbacks_total',
      type: 'counter',
      help: '',
      samples: [{ labels: { outcome: 'allow' }, value: callbacks }],
    },
    { name: 'timhook_backlog', type: 'gauge', help: '', samples: [{ labels: { plugin: 'a' }, value: backlog }] },
    {
      name: 'timhook_answer_seconds',
      type: 'histogram',
      help: '',
      samples: [bucket('0.0025', 0), bucket('0.005', callbacks), bucket('+Inf', callbacks)],
    },
  ]
}

describe('the numbers of the last hour and day', () => {
  it('are what was counted in each step, and the steps of the day are those of the hour together', async () => {
    let total = 0
    const recorder = createRecorder(async () => families((total += 10), total))
    for (let step = 1; step <= 61; step++) await recorder.record(step * 10_000)
    recorder.stop()
    const { hour, day } = recorder.series()
    expect(hour.callbacks).to.deep.equal(Array.from({ length: 61 }, () => 10))
    expect(hour.from).to.equal(0)
    expect(hour.backlog.at(-1)).to.equal(610)
    expect(hour.p50[5]).to.be.within(2.5, 5)
    expect(day.callbacks).to.deep.equal([300, 300])
    expect(day.p99.every((ms) => ms !== null && ms >= 2.5 && ms <= 5)).to.equal(true)
    expect(day.from).to.equal(0)
  })

  it('are kept for an hour and a day, and no longer', async () => {
    const recorder = createRecorder(async () => families(0))
    for (let step = 1; step <= 30 * 300; step++) await recorder.record(step * 10_000)
    recorder.stop()
    const { hour, day } = recorder.series()
    expect(hour.callbacks).to.have.length(360)
    expect(day.callbacks).to.have.length(288)
    expect(hour.from).to.equal((9000 - 360) * 10_000)
    expect(hour.p50[0]).to.equal(null)
  })

  it('never go back when a process takes its counts with it', () => {
    const numbers: Numbers = {
      callbacks: 10,
      refused: 3,
      deadLetters: 1,
      bounds: [1, Infinity],
      answers: [9, 10],
      backlog: 2,
    }
    const less = { ...numbers, callbacks: 4, refused: 0, deadLetters: 0, answers: [3, 4] }
    expect(difference(numbers, less)).to.deep.include({
      callbacks: 0,
      refused: 0,
      deadLetters: 0,
      answers: [0, 0],
      backlog: 2,
    })
  })

  it('give a share of answer times within its bucket, and the last bound for what is above all', () => {
    const numbers = {
      callbacks: 0,
      refused: 0,
      deadLetters: 0,
      backlog: 0,
      bounds: [10, 100, Infinity],
      answers: [50, 90, 100],
    }
    expect(quantile(numbers, 0.5)).to.equal(10)
    expect(quantile(numbers, 0.7)).to.equal(55)
    expect(quantile(numbers, 0.99)).to.equal(100)
    expect(quantile({ ...numbers, answers: [0, 0, 0] }, 0.5)).to.equal(null)
  })
})
