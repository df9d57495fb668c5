import { expect, it } from 'vitest'
import { cleanFileName, factsOf, keepMaskedSecrets, maskSecrets, nameFromFile, secretMask } from './source.ts'

it.each([
  ['report.pdf', 'report.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\me\\table.csv', 'table.csv'],
  ['a\u0000b\nc.txt', 'abc.txt'],
  ['cod\u202Etxt.exe', 'codtxt.exe'],
  ['..', 'unnamed'],
  ['folder/', 'unnamed'],
  ['  ', 'unnamed'],
  ['half \ud800 pair.txt', 'half \ufffd pair.txt'],
  ['Über März.md', 'Über März.md'],
])('the file name %j becomes %j', (given, expected) => {
  expect(cleanFileName(given)).toBe(expected)
})

it('a long name is cut before its extension, in code points', () => {
  const name = cleanFileName(`${'🦉'.repeat(400)}.pdf`)
  expect([...name]).toHaveLength(255)
  expect(name.endsWith('🦉.pdf')).toBe(true)
  expect([...nameFromFile(name)]).toHaveLength(100)
})

const configuration = { username: 'acme', access_token: 'secret' }

it('passwords are masked, and only those that are set', () => {
  expect(maskSecrets({ type: 'github', configuration })).toEqual({ username: 'acme', access_token: '********' })
  expect(maskSecrets({ type: 'github', configuration: { username: 'acme' } })).toEqual({ username: 'acme' })
  // A name that sounds like a secret is one, also where its type has no such field.
  expect(maskSecrets({ type: 'csv_upload', configuration })).toMatchObject({ access_token: secretMask })
})

it('a mask that comes back means the stored value, and nothing when there is none', () => {
  const sent = { username: 'other', access_token: '********' }
  expect(keepMaskedSecrets('github', sent, configuration)).toEqual({ username: 'other', access_token: 'secret' })
  expect(keepMaskedSecrets('github', sent, {})).toEqual({ username: 'other' })
  expect(keepMaskedSecrets('github', { access_token: 'new' }, configuration)).toEqual({ access_token: 'new' })
})

it("what an upload's file says of itself cannot be replaced", () => {
  const upload = { configuration: { row_count: 3, note: 'x' }, content_hash: 'h' }
  expect(factsOf(upload)).toEqual({ row_count: 3 })
  expect(factsOf({ ...upload, content_hash: null })).toEqual({})
})
