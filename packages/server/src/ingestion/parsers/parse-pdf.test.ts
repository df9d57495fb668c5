import { describe, expect, it } from 'vitest'
import { makePdf, pdfPage } from '../../../test/fixtures/make-files.ts'
import { outline, outlinePaths } from '../../../test/fixtures/outline-document.ts'
import { parseDocument } from './parse-document.ts'
import { parsePdf } from './parse-pdf.ts'

describe('a PDF', () => {
  it('takes its headings from the outline, even where the page does not say them', async () => {
    const pages = [
      pdfPage(['1. Safety', 'Wear a helmet.', 'LARGE PRINT']),
      pdfPage(['Oil it daily.', 'Then clean it.']),
    ]
    const bookmarks = [
      { title: 'Safety', page: 1 },
      { title: 'Care', page: 2, top: 800 },
      { title: 'Cleaning', page: 2, top: 770 },
    ]
    const document = await parseDocument('a.pdf', makePdf(pages, { outline: bookmarks }))
    expect(outlinePaths(document)).toEqual([
      'Safety: Safety',
      'Safety: Wear a helmet. LARGE PRINT',
      'Care: Oil it daily.',
      'Cleaning: Then clean it.',
    ])
  })

  it('knows the hyphen of a word from that of a cut by the rest of the document', async () => {
    const lines = [
      'This well-known mixed-mode of Trace-',
      'Monkey is well-',
      'known. TraceMonkey has a mixed-',
      'mode and a com-',
      'piler by Anglo-',
      'American authors.',
    ]
    const document = await parseDocument('a.pdf', makePdf([pdfPage(lines)]))
    expect(document.text).toBe(
      'This well-known mixed-mode of TraceMonkey is well-known. TraceMonkey has a mixed-mode and a compiler by Anglo-American authors.',
    )
  })

  it('keeps a hyphen that the document writes more often than not, over pages too, and one before a digit', async () => {
    const first = [
      'A well-kept valve is well-kept until it is wellkept, as misprints have it, and a well-',
      'kept valve lasts. Order part SKU-',
      '4563 for it, and be sure that whatever you order for it is as well-',
    ]
    const second = ['kept as the valve that it is made for.']
    const { text } = await parseDocument('a.pdf', makePdf([pdfPage(first), pdfPage(second)]))
    expect(text).toContain('and a well-kept valve lasts. Order part SKU-4563 for it')
    expect(text).toMatch(/is as\swell-kept as the valve/)
  })

  it('reads what was drawn last where it stands, and columns one after the other', async () => {
    const title = { text: 'Repair bill', x: 60, y: 800, size: 11 }
    const columns = [0, 1].flatMap((column) =>
      ['first', 'second', 'third'].map((word, row) => ({
        text: `Column ${column} ${word}.`,
        x: 60 + column * 260,
        y: 740 - row * 30,
        size: 11,
      })),
    )
    const document = await parseDocument('a.pdf', makePdf([[...columns, title]]))
    expect(outline(document).map((line) => line.replace('paragraph 1: ', ''))).toEqual([
      'Repair bill',
      ...[0, 1].flatMap((column) => ['first', 'second', 'third'].map((word) => `Column ${column} ${word}.`)),
    ])
  })

  it('leaves a line of the second column there, though the first has a gap at its height', async () => {
    const line = (text: string, x: number, y: number) => ({ text, x, y, size: 11 })
    const heading = line('A title over the whole width of both columns, which is wide enough for that', 60, 800)
    const first = [line('First above.', 60, 760), line('First below.', 60, 640)]
    const second = [line('Second within the gap.', 320, 700), line('Second below.', 320, 660)]
    const { text } = await parseDocument('a.pdf', makePdf([[heading, ...first, ...second]]))
    expect(text.match(/First above|First below|Second within|Second below/g)).toEqual([
      'First above',
      'First below',
      'Second within',
      'Second below',
    ])
  })

  it('keeps a value in its column when the cells beside it are empty', async () => {
    const columns = [60, 160, 260, 360]
    const rows = [
      ['Product', 'Location', 'Expected', 'Actual'],
      ['SKU-1', 'A-12', '450', ''],
      ['', 'B-07', '', '289'],
      ['SKU-2', '', '780', '778'],
      ['', '', '180', '24'],
    ]
    const table = rows.flatMap((row, index) =>
      row.flatMap((text, column) =>
        text === '' ? [] : [{ text, x: columns[column] ?? 0, y: 700 - index * 24, size: 10 }],
      ),
    )
    // Its gap is that of a space; the rows below say that it parts two columns.
    const near = table.map((cell) => (cell.text === 'Product' ? { ...cell, text: 'Product by code....' } : cell))
    const page = [...pdfPage(['What was counted.']), ...near, { text: 'Nothing else.', x: 60, y: 500, size: 10 }]
    expect(outline(await parseDocument('a.pdf', makePdf([page]))).map((line) => line.replace(/ 1:/, ':'))).toEqual([
      'paragraph: What was counted.',
      'table-row: Product by code.... | Location | Expected | Actual',
      'table-row: SKU-1 | A-12 | 450',
      'table-row: | B-07 | | 289',
      'table-row: SKU-2 | | 780 | 778',
      'table-row: | | 180 | 24',
      'paragraph: Nothing else.',
    ])
  })

  it('takes pairs of a form and lines side by side for no table', async () => {
    const pairs = ['Name', 'Claim', 'Email'].flatMap((label, row) => [
      { text: label, x: 60, y: 700 - row * 20, size: 10 },
      { text: row === 1 ? '999' : 'a value that is long', x: row === 1 ? 300 : 150, y: 700 - row * 20, size: 10 },
    ])
    expect((await parseDocument('a.pdf', makePdf([pairs]))).text).toBe(
      'Name | a value that is long\nClaim | 999\nEmail | a value that is long',
    )
  })

  it('drops the number of a page that stands alone', async () => {
    const page = [...pdfPage(['The valve is closed.']), { text: '- 17 -', x: 300, y: 30, size: 9 }]
    expect((await parseDocument('a.pdf', makePdf([page]))).text).toBe('The valve is closed.')
  })

  it('drops the footer that stands on most pages, whatever number is in it, and nothing else that is repeated', async () => {
    const animals = ['lion', 'zebra', 'heron', 'otter', 'walrus']
    const pages = animals.map((animal, i) => [
      ...pdfPage([
        `About the ${animal}.`,
        'It eats.',
        'It drinks.',
        'It sleeps.',
        'Keep off.',
        'It runs.',
        `So the ${animal}.`,
      ]),
      { text: `Acme Zoo Ltd. · Confidential · ${i + 1}/${animals.length}`, x: 60, y: 30, size: 8 },
    ])
    const { text } = await parseDocument('a.pdf', makePdf(pages))
    expect(text).not.toContain('Confidential')
    expect(text.match(/Keep off\./g)).toHaveLength(animals.length)
    for (const animal of animals) expect(text).toContain(`So the ${animal}.`)
    // On two pages it may as well be what they say.
    expect((await parseDocument('a.pdf', makePdf(pages.slice(0, 2)))).text).toContain('Confidential')
  })

  it('leaves out a page whose letters are others than it shows', async () => {
    const garbled = 'Wkh sxps pxvw qrw eh vwduwhg zkloh wkh ydoyh lv rshq'.replace(/[aeiouy]/g, 'x')
    const document = await parseDocument(
      'a.pdf',
      makePdf([pdfPage(Array.from({ length: 8 }, () => garbled)), pdfPage(['This page is fine.'])]),
    )
    expect(document.text).toBe('This page is fine.')
    expect(document.warnings).toEqual(['The text of page 1 cannot be decoded and was left out.'])
  })

  it('leaves out a page whose drawing commands were taken for words, not one that explains them', async () => {
    const drawn = [
      'Key F 7rib (Adrian)Tj 36.1 0 Td (Perv r F £ C 3Cr F@¢ F £ 2ªs 3',
      'fiTd (wn)F £ rªS 1 0 Td (Song)Tj 39.4 0 Td',
    ]
    const explained = [
      'To write a word, choose a font with /F1 24 Tf and go to 100 700 Td.',
      '(Hello) Tj',
      '0 -14 Td',
      '(World) Tj',
    ]
    const document = await parseDocument('a.pdf', makePdf([pdfPage(drawn), pdfPage([...explained, ...explained])]))
    expect(document.text).toMatch(/^To write a word/)
    expect(document.warnings).toEqual(['The text of page 1 cannot be decoded and was left out.'])
    await expect(parseDocument('a.pdf', makePdf([pdfPage(drawn)]))).rejects.toMatchObject({ reason: 'no_text' })
  })

  it('that takes too long gives the pages read so far and names the others', async () => {
    const bytes = makePdf(Array.from({ length: 400 }, (_, index) => pdfPage([`This is page ${index + 1}.`])))
    const document = await parsePdf(bytes, Date.now() + 150)
    expect(document.blocks.length).toBeGreaterThan(0)
    expect(document.warnings).toEqual([
      expect.stringMatching(/^Reading the file took too long: pages \d+–400 are missing\.$/),
    ])
    const again = makePdf([pdfPage(['One.'])])
    await expect(parsePdf(again, 0)).rejects.toMatchObject({ reason: 'time_out' })
  })
})
