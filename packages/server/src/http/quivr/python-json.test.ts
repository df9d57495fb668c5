import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pythonJson } from './python-json.ts'

describe('pythonJson', () => {
  it('writes what json.dumps of Python writes', () => {
    const value = { a: [1, 0.5, null, true, 'é\u007f🙂"\n'], b: {}, c: [], d: undefined }
    expect(pythonJson(value)).toBe(
      '{"a": [1, 0.5, null, true, "\\u00e9\\u007f\\ud83d\\ude42\\"\\n"], "b": {}, "c": []}',
    )
  })

  it('writes `data: ` so that a page which splits there does not', () => {
    expect(pythonJson({ 'data: ': 'data: data: ' })).toBe('{"data:\\u0020": "data:\\u0020data:\\u0020"}')
  })

  it('is ASCII, holds no `data: `, and reads back as it was', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('data: ', '\\data: ', '\ud800', 'data:', ' '))
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value')),
        fc.array(fc.tuple(text, tie('value'))).map((entries) => Object.fromEntries(entries)),
      ),
    })).value
    fc.assert(
      fc.property(value, (sent) => {
        const json = pythonJson(sent)
        expect(json).toMatch(/^[ -~]*$/)
        expect(json).not.toContain('data: ')
        expect(JSON.parse(json)).toEqual(sent)
      }),
    )
  })
})
