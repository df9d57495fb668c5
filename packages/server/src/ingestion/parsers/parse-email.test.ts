import { expect, it } from 'vitest'
import { docxParagraph, makeDocx } from '../../../test/fixtures/make-files.ts'
import { outline, outlinePaths } from '../../../test/fixtures/outline-document.ts'
import { parseDocument } from './parse-document.ts'

const letter = Buffer.from(makeDocx([docxParagraph('Offer', 'H1'), docxParagraph('Two pumps for 900 euro.')].join('')))
const message = [
  'From: =?utf-8?Q?J=C3=BCrgen?= <j@example.com>',
  'To: Ada <ada@example.com>, team@example.com',
  'Date: Tue, 03 Mar 2026 10:00:00 +0100',
  'Subject: The pumps',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="b"',
  '',
  '--b',
  'Content-Type: text/plain; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Hello Ada,',
  '',
  'the offer is attached. Gr=FC=DFe',
  '--b',
  'Content-Type: application/vnd.openxmlformats-officedocument.wordprocessingml.document; name="offer.docx"',
  'Content-Disposition: attachment; filename="offer.docx"',
  'Content-Transfer-Encoding: base64',
  '',
  ...(letter.toString('base64').match(/.{1,76}/g) ?? []),
  '--b',
  'Content-Type: image/png; name="photo.png"',
  'Content-Disposition: attachment; filename="photo.png"',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1').toString('base64'),
  '--b--',
  '',
].join('\r\n')

it('a message keeps who wrote to whom, when and what, and its attachments are read', async () => {
  const document = await parseDocument('offer.eml', Buffer.from(message))
  expect(document).toMatchObject({ format: 'email', title: 'The pumps' })
  expect(outline(document)).toEqual([
    'heading: The pumps',
    'paragraph: From: Jürgen <j@example.com>\nTo: Ada <ada@example.com>, team@example.com\nDate: 2026-03-03 09:00:00 UTC',
    'paragraph: Hello Ada,',
    'paragraph: the offer is attached. Grüße',
    `note: Attachment: offer.docx (application/vnd.openxmlformats-officedocument.wordprocessingml.document, ${letter.length} bytes)`,
    'heading: Offer',
    'paragraph: Two pumps for 900 euro.',
    'note: Attachment: photo.png (image/png, 16 bytes)',
  ])
  expect(document.blocks.at(-2)?.headingPath).toEqual(['The pumps', 'Attachment: offer.docx', 'Offer'])
  expect(document.warnings).toEqual([
    expect.stringMatching(
      /^The attachment “photo.png” was not read: The file is named .png|^The attachment “photo.png” was not read: The file is an image/,
    ),
  ])
})

it('a message of any name is known by its headers, and one in HTML is read as a page', async () => {
  const html =
    'From: a@b.c\nTo: d@e.f\nSubject: News\nContent-Type: text/html\n\n<h2>Prices</h2><p>All <b>lower</b>.</p>'
  const document = await parseDocument('saved', Buffer.from(html))
  expect(document.format).toBe('email')
  expect(outlinePaths(document).slice(2)).toEqual(['News > Prices: Prices', 'News > Prices: All lower.'])
})

it('a mailbox is its messages one after the other', async () => {
  const mail = (subject: string, text: string) =>
    `From x@y.z Tue Mar  3 10:00:00 2026\nFrom: x@y.z\nSubject: ${subject}\n\n${text}\n\n`
  const document = await parseDocument(
    'all.mbox',
    Buffer.from(mail('One', 'First.\n\n>From here on.') + mail('Two', 'Second.')),
  )
  expect(outlinePaths(document)).toEqual([
    'One: One',
    'One: From: x@y.z',
    'One: First.',
    'One: >From here on.',
    'Two: Two',
    'Two: From: x@y.z',
    'Two: Second.',
  ])
})

it('messages within messages end somewhere', async () => {
  let inner = 'From: a@b.c\nTo: a@b.c\nSubject: deepest\n\nThe end.'
  for (let depth = 0; depth < 40; depth++) {
    inner = `From: a@b.c\nTo: a@b.c\nSubject: level ${depth}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b${depth}\n\n--b${depth}\nContent-Type: text/plain; name=in.eml\nContent-Disposition: attachment; filename=in.eml\n\n${inner}\n--b${depth}--\n`
  }
  const document = await parseDocument('deep.eml', Buffer.from(inner))
  expect(document.text).toContain('level 37')
  expect(document.warnings.join()).toContain('nested too deeply')
})
