import fc from 'fast-check'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { QuoryError } from '../errors.ts'
import { newId } from '../ids.ts'
import { decodeCursor, encodeCursor, isPast, pageLimit, toPage, unpagedCap } from './page.ts'

const time = '2026-11-22T10:00:00.000Z'

describe('a cursor', () => {
  it('gives back what was put in', () => {
    const id = newId()
    expect(decodeCursor(encodeCursor([time, id]), ['time', 'id'])).toEqual([time, id])
    expect(decodeCursor(encodeCursor([42]), ['number'])).toEqual([42])
  })

  it.each([
    ['nothing', ''],
    ['no base64', '***'],
    ['no JSON', Buffer.from('[1').toString('base64url')],
    ['no list', Buffer.from('{"0":1}').toString('base64url')],
    ['another list', encodeCursor([1, 2])],
    ['too short', encodeCursor([time])],
    ['a day that is none', encodeCursor(['2026-02-31T10:00:00.000Z', newId()])],
    ['a time without zone', encodeCursor(['2026-11-22T10:00:00.000', newId()])],
    ['a year PostgreSQL has not', encodeCursor(['+275760-09-13T00:00:00.000Z', newId()])],
    ['an id that is none', encodeCursor([time, "' or 1=1"])],
    ['a NUL', encodeCursor([time, '\0'])],
    ['padding', `${encodeCursor([time, newId()])}=`],
    ['too long', 'A'.repeat(100_000)],
  ])('that is %s is a 422 that names the field', (_, cursor) => {
    expect(() => decodeCursor(cursor, ['time', 'id'])).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        fields: [expect.objectContaining({ type: 'value_error', loc: ['query', 'cursor'] })],
      }),
    )
  })

  it('of any text either is ours or a QuoryError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json().map((text) => Buffer.from(text).toString('base64url')),
        ),
        (text) => {
          try {
            const values = decodeCursor(text, ['time', 'id'])
            expect(encodeCursor(values)).toBe(text)
          } catch (error) {
            expect(error).toBeInstanceOf(QuoryError)
          }
        },
      ),
    )
  })
})

describe('a page', () => {
  it('has a next cursor only when there are more rows', () => {
    const keyOf = (row: number) => [row]
    expect(toPage([1, 2, 3], { limit: 2 }, keyOf)).toEqual({ items: [1, 2], nextCursor: encodeCursor([2]) })
    expect(toPage([1, 2], { limit: 2 }, keyOf)).toEqual({ items: [1, 2], nextCursor: undefined })
    expect(toPage([], { limit: 2 }, keyOf)).toEqual({ items: [], nextCursor: undefined })
  })

  it('never holds more than the cap', () => {
    expect([pageLimit({}), pageLimit({ limit: 5 }), pageLimit({ limit: 10_000 })]).toEqual([unpagedCap, 5, unpagedCap])
  })
})

describe.each(engines)('a keyset condition on %s', (engine) => {
  it('compares column by column, in both directions', async () => {
    await using db = await openTestDatabase(engine)
    const ids = [newId(), newId(), newId()].toSorted()
    const values = [ids[2], ids[0], ids[1]].map((id, index) => sql`(${id}, ${index === 0 ? 'a' : 'b'})`)
    const list = sql<{
      id: string
    }>`select id from (select column1 as id, column2 as word from (values ${sql.join(values)}) as given) as rows`
    const after = async (order: 'ascending' | 'descending') => {
      const { rows } = await sql<{
        id: string
      }>`${list} where ${isPast(['word', 'id'], ['b', ids[0] ?? ''], order)}`.execute(db.query)
      return rows.map(({ id }) => id)
    }
    expect(await after('ascending')).toEqual([ids[1]])
    expect(await after('descending')).toEqual([ids[2]])
  })
})
