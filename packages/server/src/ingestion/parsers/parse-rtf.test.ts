import { expect, it } from 'vitest'
import { outline } from '../../../test/fixtures/outline-document.ts'
import { parseDocument } from './parse-document.ts'

it('Rich Text keeps headings, paragraphs, lists, tables and notes, in every code page', async () => {
  const source = String.raw`{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial Cyr;}}{\colortbl;\red0;}
{\*\generator Writer;}{\info{\title Pumps}{\author Nobody}}{\header Page header\par}
\pard\outlinelevel0 Care\par
\pard\f0 Gr\'fc\'dfe \u8364?5, \{braced\}, {\b bold\b0  and} plain{\footnote In writing.}.\par
{\f1\'cf\'f0\'e8\'e2\'e5\'f2}\par
\pard\ls1 One\par \pard\ls1 Two\par
\pard\intbl Item\cell Price\cell\row \pard\intbl Desk\cell 120\cell\row
\pard {\v hidden}After\line break.{\pict\pngblip 89504e47}\par }`
  const document = await parseDocument('pumps.rtf', Buffer.from(source, 'latin1'))
  expect(document).toMatchObject({ format: 'rtf', title: 'Pumps' })
  expect(outline(document)).toEqual([
    'heading: Care',
    'paragraph: Grüße €5, {braced}, bold and plain.',
    'note: In writing.',
    'paragraph: Привет',
    'list-item: One',
    'list-item: Two',
    'table-row: Item | Price',
    'table-row: Item: Desk; Price: 120',
    'paragraph: After\nbreak.',
  ])
})

it('Rich Text that was cut off gives what is there; one that nests without end is refused', async () => {
  const cut = await parseDocument('a.rtf', Buffer.from(String.raw`{\rtf1 First.\par Second {\b and`))
  expect(outline(cut)).toEqual(['paragraph: First.', 'paragraph: Second and'])
  await expect(parseDocument('a.rtf', Buffer.from(`{\\rtf1 ${'{'.repeat(10_000)}x`))).rejects.toMatchObject({
    reason: 'damaged',
    message: expect.stringMatching(/nests/),
  })
})
