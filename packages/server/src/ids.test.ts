import { expect, it } from 'vitest'
import { dayOf, dayOfId, newId, parseId } from './ids.ts'

it('ids sort by creation, also those of one millisecond, and carry their day', () => {
  const ids = Array.from({ length: 10_000 }, () => newId())
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids.slice(0, 10)) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(dayOfId(id)).toBe(dayOf(new Date()))
  }
})

it('only a UUID is an id', () => {
  const id = newId()
  expect(parseId(id.toUpperCase())).toBe(id)
  for (const text of ['', 'x', `${id} `, id.slice(1), `{${id}}`, '%00']) expect(parseId(text)).toBeUndefined()
})
