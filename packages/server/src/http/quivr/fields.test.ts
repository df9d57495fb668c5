import { describe, expect, it } from 'vitest'
import { looseInteger, looseNumber, looseText, parseUuid, uuidOrNull } from './fields.ts'

const id = '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'
const bare = id.replaceAll('-', '')

describe('parseUuid', () => {
  it.each([id, id.toUpperCase(), bare, `{${id}}`, `{${bare}}`, `urn:uuid:${id}`])('takes %s', (text) => {
    expect(parseUuid(text)).toBe(id)
  })

  it.each(['', 'x', `${id}0`, bare.slice(1), `${bare.slice(1)}g`, `(${id})`, `\n${bare.slice(1)}`])(
    'refuses %j',
    (text) => {
      expect(parseUuid(text)).toBeUndefined()
    },
  )
})

describe('values as Pydantic 1 took them', () => {
  it.each([
    ['0', 0],
    [' 1.5 ', 1.5],
    ['.5', 0.5],
    ['1e0', 1],
    [2, 2],
    ['2.1', undefined],
    [-1, undefined],
    ['', undefined],
    ['nan', undefined],
    ['0x1', undefined],
    [true, undefined],
    [null, undefined],
  ])('%j is the number %j', (value, number) => {
    expect(looseNumber({ min: 0, max: 2 }).safeParse(value).data).toBe(number)
  })

  it.each([
    ['256', 256],
    [2.7, 2],
    ['2.7', undefined],
    [0.9, undefined],
    ['0', undefined],
    [1e300, undefined],
    ['99999999999999999999', undefined],
    [true, undefined],
  ])('%j is the integer %j', (value, number) => {
    expect(looseInteger({ min: 1 }).safeParse(value).data).toBe(number)
  })

  it.each([
    ['x', 'x'],
    [5, '5'],
    [false, 'False'],
    [null, undefined],
    [[], undefined],
    ['a\0b', undefined],
  ])('%j is the text %j', (value, text) => {
    expect(looseText().safeParse(value).data).toBe(text)
  })

  it.each([
    [id, id],
    [['x', bare], id],
    ['', null],
    ['nonsense', null],
    [undefined, null],
    [5, null],
  ])('%j is the brain %j', (value, brain) => {
    expect(uuidOrNull().parse(value)).toBe(brain)
  })
})
