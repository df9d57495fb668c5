import fc from 'fast-check'
import { gzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import {
  docxParagraph,
  makeDocx,
  makeEpub,
  makePdf,
  makePptx,
  makeXlsx,
  makeZip,
  pdfPage,
  slideText,
} from '../../../test/fixtures/make-files.ts'
import { supportedExtensions } from '../parsing/detect-media-type.ts'
import { parseDocument } from './parse-document.ts'
import { ParseFailure, type ParseFailureReason } from './parse-failure.ts'

async function failureOf(
  fileName: string,
  bytes: Uint8Array,
): Promise<{ reason: ParseFailureReason; message: string }> {
  const outcome = await parseDocument(fileName, bytes).catch((error: unknown) => error)
  if (!(outcome instanceof ParseFailure)) throw new Error(`${fileName} gave no failure`, { cause: outcome })
  return { reason: outcome.reason, message: outcome.message }
}

const wordFile = makeDocx(docxParagraph('Some text.'))
const pdfFile = makePdf([pdfPage(['Some text.'])])
const png = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0', 'latin1')
const compoundFile = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)])
const lockedOffice = Buffer.concat([compoundFile, Buffer.from('EncryptedPackage', 'utf16le')])
const encryption = `<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#"><CipherData><CipherReference URI="OEBPS/text/chapter%200.xhtml"/></CipherData></EncryptedData></encryption>`

/** The same archive with the bit that says an entry is encrypted. */
function withPassword(zip: Uint8Array): Uint8Array {
  const copy = Buffer.from(zip)
  for (let at = copy.indexOf('PK\x01\x02'); at !== -1; at = copy.indexOf('PK\x01\x02', at + 4))
    copy.writeUInt16LE(1, at + 8)
  return copy
}

/** The same archive with every declared size replaced. */
function withDeclaredSize(zip: Uint8Array, size: number): Uint8Array {
  const copy = Buffer.from(zip)
  for (let at = copy.indexOf('PK\x01\x02'); at !== -1; at = copy.indexOf('PK\x01\x02', at + 4))
    copy.writeUInt32LE(size, at + 24)
  return copy
}

describe('a file that cannot be read is refused in words', () => {
  const cases: [string, string, Uint8Array, ParseFailureReason, RegExp][] = [
    ['an empty file', 'a.pdf', new Uint8Array(), 'empty', /is empty/],
    ['white space', 'a.txt', Buffer.from(' \n\n '), 'no_text', /No text/],
    ['a picture named PDF', 'a.pdf', png, 'misnamed', /named \.pdf but is an image \(PNG\)/],
    ['a picture', 'a.png', png, 'unsupported', /an image \(PNG\)/],
    ['text named PDF', 'a.pdf', Buffer.from('hello'), 'misnamed', /named \.pdf but is not one/],
    ['text named Word', 'a.docx', Buffer.from('hello'), 'misnamed', /named \.docx/],
    ['binary junk', 'a.txt', Buffer.from([1, 2, 3, 0, 200, 4, 0, 0, 5, 6, 7, 1, 9, 0]), 'misnamed', /not text/],
    ['a gzip file', 'a.csv', gzipSync(Buffer.from('a,b')), 'misnamed', /gzip/],
    ['a program', 'tool', Buffer.from('\x7fELF\x02\x01\x01\0\0\0', 'latin1'), 'unsupported', /a program/],
    ['a plain ZIP archive', 'a.zip', makeZip({ 'a.txt': 'x' }), 'unsupported', /Upload the files inside/],
    ['a ZIP archive named Word', 'a.docx', makeZip({ 'a.txt': 'x' }), 'damaged', /not a complete Office document/],
    [
      'an OpenDocument file of nothing',
      'a.odt',
      makeZip({ mimetype: 'x', 'content.xml': '<a/>' }),
      'no_text',
      /No text/,
    ],
    ['an old Word file', 'a.doc', compoundFile, 'unsupported', /before 2007/],
    ['an Office file with a password', 'a.xlsx', lockedOffice, 'protected', /password/],
    ['an archive with a password', 'a.docx', withPassword(wordFile), 'protected', /password/],
    ['a PDF with a password', 'a.pdf', makePdf([pdfPage(['x'])], { encrypt: true }), 'protected', /password/],
    [
      'a book with DRM',
      'a.epub',
      makeEpub(['<p>x</p>'], { 'META-INF/encryption.xml': encryption }),
      'protected',
      /DRM/,
    ],
    ['a cut Word file', 'a.docx', wordFile.subarray(0, wordFile.length - 200), 'damaged', /cut off/],
    ['a cut PDF', 'a.pdf', pdfFile.subarray(0, 60), 'damaged', /PDF is damaged/],
    ['a PDF without text', 'a.pdf', makePdf([[], []]), 'no_text', /no text layer: its 2 pages.*OCR/],
    ['a workbook without cells', 'a.xlsx', makeXlsx({ Sheet1: '' }), 'no_text', /No text/],
    ['a presentation without its list', 'a.pptx', makeZip({ 'ppt/presentation.xml': '<a/>' }), 'no_text', /No text/],
    [
      'a book without its package',
      'a.epub',
      makeZip({ 'META-INF/container.xml': '<container/>' }),
      'damaged',
      /damaged/,
    ],
    ['a cut notebook', 'a.ipynb', Buffer.from('{"cells": ['), 'damaged', /notebook is damaged/],
    ['JSON that is no notebook', 'a.ipynb', Buffer.from('{"a": 1}'), 'unsupported', /not a Jupyter notebook/],
    [
      'a table with a quote never closed',
      'a.csv',
      Buffer.from('a,b\n1,"x\n2,y\n'),
      'damaged',
      /cannot be read after row 1/,
    ],
  ]
  it.each(cases)('%s', async (_what, fileName, bytes, reason, words) => {
    const failure = await failureOf(fileName, bytes)
    expect(failure).toEqual({ reason, message: expect.stringMatching(words) })
    expect(failure.message).toMatch(/^[A-Z].*\.$/)
  })
})

describe('a misnamed file is read as what it is', () => {
  it.each([
    ['a PDF named text', 'a.txt', pdfFile, 'pdf'],
    ['a Word file named PDF', 'a.pdf', wordFile, 'docx'],
    ['a Word file without extension', 'letter', wordFile, 'docx'],
    ['a workbook named Word', 'a.docx', makeXlsx({ S: '<row><c t="inlineStr"><is><t>x</t></is></c></row>' }), 'xlsx'],
    ['a web page named text', 'a.txt', Buffer.from('<!doctype html><p>Hello'), 'html'],
    ['text of no known extension', 'Makefile', Buffer.from('all: build'), 'text'],
  ] as const)('%s', async (_what, fileName, bytes, format) => {
    expect((await parseDocument(fileName, bytes)).format).toBe(format)
  })
})

describe('a ZIP bomb is not unpacked', () => {
  const spaces = docxParagraph(' '.repeat(2_000_000))

  it('when its parts say how large they are', async () => {
    const bomb = withDeclaredSize(makeDocx(spaces), 4_000_000_000)
    expect(await failureOf('a.docx', bomb)).toEqual({ reason: 'too_large', message: expect.stringMatching(/ZIP bomb/) })
  })

  it('when its parts say they are small', async () => {
    const bomb = withDeclaredSize(makeDocx(spaces), 1_000)
    expect(await failureOf('a.docx', bomb)).toEqual({ reason: 'too_large', message: expect.stringMatching(/ZIP bomb/) })
  })

  it('when it has too many parts', async () => {
    const names = Array.from({ length: 20_001 }, (_, index): [string, string] => [`word/${index}.xml`, ''])
    const bomb = makeZip(Object.fromEntries(names))
    expect(await failureOf('a.docx', bomb)).toEqual({ reason: 'too_large', message: expect.stringMatching(/ZIP bomb/) })
  })
})

describe('whatever the bytes', () => {
  const samples: Uint8Array[] = [
    wordFile,
    pdfFile,
    makePptx([slideText('Hello', 'body')]),
    makeXlsx({ S: '<row><c t="inlineStr"><is><t>x</t></is></c></row>' }),
    makeEpub(['<p>Hello</p>']),
    Buffer.from('{"cells":[{"cell_type":"markdown","source":"# a"}]}'),
    Buffer.from('# a\n\n| b |\n|---|\n<div><table><tr><td>c'),
  ]
  const spoiled = fc
    .tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 20 }), fc.nat())
    .map(([sample, changes, cut]) => {
      const copy = Buffer.from(sample)
      for (const [at, byte] of changes) copy[at % copy.length] = byte
      return cut % 3 === 0 ? copy.subarray(0, cut % copy.length) : copy
    })
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
    spoiled,
  )

  it('gives blocks that lie in the text in order, or a failure in words', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom(...supportedExtensions, 'bin', ''), async (content, extension) => {
        const outcome = await parseDocument(`file.${extension}`, content).catch((error: unknown) => error)
        if (outcome instanceof ParseFailure) {
          expect(outcome.message).toMatch(/^[A-Z].*\.$/s)
          return
        }
        if (outcome instanceof Error) throw outcome
        const { text, blocks } = outcome as Awaited<ReturnType<typeof parseDocument>>
        expect(text.isWellFormed()).toBe(true)
        expect(text).not.toContain('\0')
        let end = 0
        for (const block of blocks) {
          expect(block.start).toBeGreaterThanOrEqual(end)
          expect(text.slice(block.start, block.end).trim()).not.toBe('')
          expect(block.end).toBeLessThanOrEqual(text.length)
          end = block.end
        }
      }),
      { numRuns: 300 },
    )
  })
})
