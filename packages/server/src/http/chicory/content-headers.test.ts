import { expect, it } from 'vitest'
import { contentDisposition, parseRange } from './content-headers.ts'

it.each([
  [undefined, undefined],
  ['bytes=0-4', { start: 0, end: 4 }],
  ['bytes=5-', { start: 5, end: 9 }],
  ['bytes=-3', { start: 7, end: 9 }],
  ['bytes=-30', { start: 0, end: 9 }],
  ['bytes=2-30', { start: 2, end: 9 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=4-2', undefined],
  ['bytes=-', undefined],
  ['bytes=0-1,3-4', undefined],
  ['lines=0-1', undefined],
] as const)('of ten bytes the range %j is %j', (header, range) => {
  expect(parseRange(header, 10)).toEqual(range)
})

it('an empty file has no range', () => {
  expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable')
  expect(parseRange('bytes=-1', 0)).toBe('unsatisfiable')
})

it('a file name stands in a header in both forms', () => {
  expect(contentDisposition(`a "b" ü(1)'s.txt`, 'text/plain')).toBe(
    `attachment; filename="a _b_ _(1)'s.txt"; filename*=UTF-8''a%20%22b%22%20%C3%BC%281%29%27s.txt`,
  )
})

it('a PDF alone is shown by the browser', () => {
  expect(contentDisposition('a.pdf', 'application/pdf')).toMatch(/^inline; /)
  for (const type of ['text/html', 'image/svg+xml', 'application/pdf+x', null])
    expect(contentDisposition('a.pdf', type)).toMatch(/^attachment; /)
})
