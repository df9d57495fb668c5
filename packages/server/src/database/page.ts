import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { invalidField } from '../errors.ts'
import { parseId } from '../ids.ts'

/** Lists published without paging return at most this many rows when asked for neither `limit` nor `cursor`, and say so. */
export const unpagedCap = 1_000

export interface PageRequest {
  /** At most `unpagedCap`, which is also what absence means. */
  readonly limit?: number | undefined
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Absent on the last page. */
  readonly nextCursor: string | undefined
}

const maxCursorLength = 1_024

/** What a place in a cursor must look like: nothing else ever reaches a database, which would refuse it with an error. */
const isKind = {
  id: (value: unknown): value is string => typeof value === 'string' && parseId(value) === value,
  time: (value: unknown): value is string => typeof value === 'string' && isTime(value),
  /** An identifier that needs no quotes in SQL. */
  name: (value: unknown): value is string => typeof value === 'string' && /^[\p{L}\p{N}_]{1,200}$/u.test(value),
  number: (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value),
  score: (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value),
} as const

export type CursorKind = keyof typeof isKind
type CursorValues<K extends readonly CursorKind[]> = {
  readonly [I in keyof K]: K[I] extends 'number' | 'score' ? number : string
}

function isTime(text: string): boolean {
  const time = Date.parse(text)
  return !Number.isNaN(time) && new Date(time).toISOString() === text && text.length === 24
}

/** The sort key of a page's last row, as an opaque word: base64url of a JSON list. */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** The sort key in a client's cursor; a 422 that names `cursor` when we cannot have made it. */
export function decodeCursor<const K extends readonly CursorKind[]>(cursor: string, kinds: K): CursorValues<K> {
  const values = cursor.length <= maxCursorLength ? parseList(cursor) : undefined
  const isOurs = values?.length === kinds.length && kinds.every((kind, index) => isKind[kind](values[index]))
  if (!isOurs || values === undefined || encodeCursor(values as (string | number)[]) !== cursor) {
    throw invalidField({
      type: 'value_error',
      loc: ['query', 'cursor'],
      msg: 'Value error, not a cursor of this list',
      input: cursor.slice(0, maxCursorLength),
    })
  }
  // Each place was checked against its kind just above, which TypeScript cannot follow through a mapped tuple.
  return values as unknown as CursorValues<K>
}

function parseList(cursor: string): unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parsed) ? parsed : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** `(a, b) > (x, y)`: one range of one index, on both engines. */
export function isPast(
  columns: readonly string[],
  values: readonly (string | number)[],
  order: 'ascending' | 'descending' = 'ascending',
): RawBuilder<SqlBool> {
  const operator = order === 'ascending' ? sql`>` : sql`<`
  return sql<SqlBool>`(${sql.join(columns.map((column) => sql.ref(column)))}) ${operator} (${sql.join(values)})`
}

export function pageLimit(request: PageRequest): number {
  return Math.min(request.limit ?? unpagedCap, unpagedCap)
}

/** A page from rows read with `limit(pageLimit(request) + 1)`: the row too many only says that there are more. */
export function toPage<T>(
  rows: readonly T[],
  request: PageRequest,
  keyOf: (row: T) => readonly (string | number)[],
): Page<T> {
  const items = rows.slice(0, pageLimit(request))
  const last = rows.length > items.length ? items.at(-1) : undefined
  return { items, nextCursor: last === undefined ? undefined : encodeCursor(keyOf(last)) }
}
