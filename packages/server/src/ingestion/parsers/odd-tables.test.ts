import { expect, it } from 'vitest'
import { makeXlsx } from '../../../test/fixtures/make-files.ts'
import { outline } from '../../../test/fixtures/outline-document.ts'
import { splitPassages } from '../split-passages.ts'
import { parseDocument } from './parse-document.ts'

it('ragged rows keep what they have, with their numbers', async () => {
  const document = await parseDocument('a.csv', Buffer.from('name,sum\nAda\nMax,2,extra\n,\nEve,"3\n4"\n'))
  expect(outline(document)).toEqual([
    'table-row 1: name | sum',
    'table-row 2: name: Ada',
    'table-row 3: name: Max; sum: 2; extra',
    'table-row 5: name: Eve; sum: 3 4',
  ])
})

it('formulas in a CSV file stay the text they are', async () => {
  const source = 'name,note\nAda,=HYPERLINK("http://evil";"x")\nMax,@SUM(1+1)\nEve,-2+3\n'
  const document = await parseDocument('a.csv', Buffer.from(source))
  expect(outline(document).slice(1)).toEqual([
    'table-row 2: name: Ada; note: =HYPERLINK("http://evil";"x")',
    'table-row 3: name: Max; note: @SUM(1+1)',
    'table-row 4: name: Eve; note: -2+3',
  ])
})

it('a row of 10,000 columns is cut into passages that all know their row', async () => {
  const row = (cell: (column: number) => string) =>
    Array.from({ length: 10_000 }, (_, column) => cell(column)).join(',')
  const document = await parseDocument('a.csv', Buffer.from(`${row((c) => `name${c}`)}\n${row((c) => `value ${c}`)}\n`))
  const passages = splitPassages(document, 'en')
  const last = passages.at(-1)
  expect(last).toMatchObject({ rowStart: 2, rowEnd: 2 })
  expect(last?.text).toMatch(/name9999: value 9999$/)
  expect(Math.max(...passages.map(({ text }) => text.length))).toBeLessThan(10_000)
})

it('a sheet of a million empty rows, whose dimension lies, is its few filled ones', async () => {
  const text = (cell: string, value: string) => `<c r="${cell}" t="inlineStr"><is><t>${value}</t></is></c>`
  const empty = Array.from({ length: 1_000_000 }, (_, row) => `<row r="${row + 2}"/>`).join('')
  const rows = `<row r="1">${text('A1', 'Name')}${text('B1', 'Sum')}</row>${empty}<row r="1048576">${text('A1048576', 'Ada')}${text('XFE1048576', 'beyond')}</row>`
  const sheet = makeXlsx({ S: `</sheetData><dimension ref="A1:B2"/><sheetData>${rows}` })
  const document = await parseDocument('a.xlsx', sheet)
  expect(outline(document)).toEqual(['table-row S 1: Name | Sum', 'table-row S 1048576: Name: Ada'])
})
