import { describe, expect, it } from 'vitest'
import { FileCounts } from './sync-progress.ts'

/** Counts with a clock that the test moves. */
function startCounting() {
  let time = 1_000_000
  const counts = new FileCounts([], () => time)
  const list = (files: number, size = 100) => {
    for (let i = 0; i < files; i++) counts.move(undefined, { status: 'listed', size })
  }
  const finish = (files: number, size = 100, status: 'indexed' | 'skipped' | 'failed' = 'indexed') => {
    for (let i = 0; i < files; i++) {
      counts.move({ status: 'listed', size }, { status: 'fetched', size })
      counts.move({ status: 'fetched', size }, { status, size })
    }
  }
  const measure = (isListed = true) => {
    const { filesPerSecond, bytesPerSecond, remainingSeconds } = counts.measure({ isListed })
    return { filesPerSecond, bytesPerSecond, remainingSeconds }
  }
  const pass = (ms: number) => {
    time += ms
  }
  return { counts, list, finish, measure, pass }
}

const unknown = { filesPerSecond: null, bytesPerSecond: null, remainingSeconds: null }

describe('how fast a sync is', () => {
  it('is not said before five files are done and three seconds have passed', () => {
    const { list, finish, measure, pass } = startCounting()
    list(100)
    finish(4)
    pass(3_000)
    expect(measure()).toEqual(unknown)
    finish(1)
    expect(measure()).toMatchObject({ filesPerSecond: 5 / 3 })
    const early = startCounting()
    early.list(100)
    early.finish(50)
    early.pass(2_999)
    expect(early.measure()).toEqual(unknown)
  })

  it('is that of the last half minute, not of the whole sync', () => {
    const { list, finish, measure, pass } = startCounting()
    list(1_000)
    finish(100)
    pass(10_000)
    expect(measure()).toEqual({ filesPerSecond: 10, bytesPerSecond: 1_000, remainingSeconds: 90 })
    pass(10_000)
    finish(20)
    pass(10_001)
    // The hundred of the beginning are older than that, and the 20 count over all of it.
    expect(measure()).toEqual({ filesPerSecond: 20 / 30, bytesPerSecond: 2_000 / 30, remainingSeconds: 1_320 })
    pass(30_000)
    expect(measure()).toEqual(unknown)
  })

  it('counts a file once, when it is done: as read, left out or failed', () => {
    const { counts, list, finish, measure, pass } = startCounting()
    list(20)
    finish(2)
    finish(2, 100, 'skipped')
    finish(2, 100, 'failed')
    // Neither what goes nor what is read anew under the same bytes is work that was done.
    counts.move({ status: 'indexed', size: 100 }, { status: 'gone', size: 100 })
    counts.move({ status: 'indexed', size: 100 }, { status: 'unpacked', size: 100 })
    pass(3_000)
    expect(measure()).toEqual({ filesPerSecond: 2, bytesPerSecond: 200, remainingSeconds: 7 })
  })
})

describe('the time that is left', () => {
  it('is not said while files are still being listed', () => {
    const { list, finish, measure, pass } = startCounting()
    list(15)
    finish(5)
    pass(5_000)
    expect(measure(false)).toEqual({ filesPerSecond: 1, bytesPerSecond: 100, remainingSeconds: null })
    expect(measure(true)).toMatchObject({ remainingSeconds: 10 })
  })

  it('goes by files or by bytes, whichever takes longer', () => {
    const small = startCounting()
    small.list(5, 1_000_000)
    small.list(500, 10)
    small.finish(5, 1_000_000)
    small.pass(5_000)
    expect(small.measure()).toMatchObject({ filesPerSecond: 1, remainingSeconds: 500 })
    const large = startCounting()
    large.list(5, 1_000)
    large.list(2, 1_000_000)
    large.finish(5, 1_000)
    large.pass(5_000)
    expect(large.measure()).toMatchObject({ bytesPerSecond: 1_000, remainingSeconds: 2_000 })
  })

  it('goes by files where nobody knows their sizes, and is nothing when all are done', () => {
    const { counts, measure, pass } = startCounting()
    for (let i = 0; i < 15; i++) counts.move(undefined, { status: 'listed', size: null })
    for (let i = 0; i < 5; i++) counts.move({ status: 'listed', size: null }, { status: 'failed', size: null })
    pass(5_000)
    expect(measure()).toEqual({ filesPerSecond: 1, bytesPerSecond: 0, remainingSeconds: 10 })
    for (let i = 0; i < 10; i++) counts.move({ status: 'listed', size: null }, { status: 'indexed', size: 10 })
    expect(measure()).toMatchObject({ remainingSeconds: 0 })
  })
})
