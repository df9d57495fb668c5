import { describe, expect, it } from 'vitest'
import { engines } from '../../../test/support/databases.ts'
import { openSyncedSource } from '../../../test/support/synced-source.ts'

const tooLong = expect.stringContaining('longer than 2,000 bytes')

describe.each(engines)('what a source calls its files, on %s', { timeout: 30_000 }, (engine) => {
  it('may be too long to be kept, and is then left out however often and with whatever version it is listed', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote } = opened
    const key = `${'long/'.repeat(500)}name.txt`
    remote.put('good.txt', 'The lion sleeps.', 'v1')
    for (const version of ['v1', 'v2', undefined, undefined]) {
      remote.put(key, 'The zebra runs.', version)
      await opened.sync()
      const files = Object.values(await opened.list())
      expect(files.find(({ name }) => name === 'name.txt')).toMatchObject({ status: 'skipped', reason: tooLong })
      expect(files).toHaveLength(2)
    }
    expect(remote.fetched).toEqual(['good.txt'])
    remote.files.delete(key)
    await opened.sync()
    remote.put(key, 'The zebra runs.', 'v3')
    await opened.sync()
    expect(Object.values(await opened.list()).map(({ status }) => status)).toEqual(['indexed', 'skipped'])
    expect(remote.fetched).toEqual(['good.txt'])
  })

  it('may be cut anywhere, also where a character takes two units', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote } = opened
    // The 250th unit is the first half of a character.
    for (const start of ['x', 'xx']) remote.put(`${start}${'🦁'.repeat(600)}.txt`, 'The lion sleeps.', 'v1')
    for (let i = 0; i < 3; i++) {
      await opened.sync()
      expect(await opened.state()).toMatchObject({ state: 'completed', number: i + 1 })
      const files = Object.values(await opened.list())
      expect(files.map(({ status, reason }) => ({ status, reason }))).toEqual(
        [0, 1].map(() => ({ status: 'skipped', reason: tooLong })),
      )
      for (const { key } of files) expect(key).not.toContain('\uFFFD')
    }
  })

  it('may hold what no database can, and is then left out for that', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote } = opened
    remote.put('a\0b.txt', 'The lion sleeps.', 'v1')
    for (let i = 0; i < 2; i++) {
      await opened.sync()
      expect(Object.values(await opened.list())).toMatchObject([
        { status: 'skipped', reason: expect.stringContaining('characters') },
      ])
    }
    expect(remote.fetched).toEqual([])
  })
})
