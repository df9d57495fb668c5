import { describe, expect, it } from 'vitest'
import {
  docxParagraph,
  makeDocx,
  makeEpub,
  makePdf,
  makePptx,
  makeXlsx,
  pdfPage,
  slideText,
} from '../../../test/fixtures/make-files.ts'
import { outline } from '../../../test/fixtures/outline-document.ts'
import { parseDocument } from './parse-document.ts'

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

describe('text', () => {
  it('cuts at empty lines and keeps every character', async () => {
    const document = await parseDocument('notes.txt', bytesOf('One\r\ntwo.\r\n\r\n\r\nThree 🙂.\r\n'))
    expect(document.text).toBe('One\ntwo.\n\n\nThree 🙂.\n')
    expect(outline(document)).toEqual(['paragraph: One\ntwo.', 'paragraph: Three 🙂.'])
  })

  it('drops what no database stores', async () => {
    const document = await parseDocument('notes.txt', Buffer.from('\ufeffbe\u0007fore\u200b after', 'utf8'))
    expect(document.text).toBe('before after')
  })

  it('keeps the indentation of source code', async () => {
    const document = await parseDocument('a.py', bytesOf('def f():\n    return 1\n\n\n    x = 2\n'))
    expect(outline(document)).toEqual(['code: def f():\n    return 1', 'code:     x = 2'])
  })
})

describe('Markdown', () => {
  it('keeps the source and finds headings, items, code and rows in it', async () => {
    const source =
      '---\ntitle: "Pumps"\n---\n# Pump *A*\n\nIt runs.\n\n## Care\n\n- oil\n- water\n\n```sh\nrun\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n'
    const document = await parseDocument('pump.md', bytesOf(source))
    expect(document.text).toBe(source)
    expect(document.title).toBe('Pumps')
    expect(outline(document)).toEqual([
      'code: title: "Pumps"',
      'heading: # Pump *A*',
      'paragraph: It runs.',
      'heading: ## Care',
      'list-item: - oil',
      'list-item: - water',
      'code: ```sh\nrun\n```',
      'table-row: | a | b |',
      'table-row: | 1 | 2 |',
    ])
    expect(document.blocks.at(-1)?.headingPath).toEqual(['Pump A', 'Care'])
  })

  it('reads a long file in pieces without losing its place', async () => {
    const part = (i: number) =>
      `## Part ${i}\n\nSome words about part ${i}.\n\n\`\`\`sh\n\n# no heading\n\nrun\n\`\`\`\n\n`
    const source = `# Book\n\n${Array.from({ length: 3_000 }, (_, i) => part(i)).join('')}`
    const { text, blocks } = await parseDocument('book.md', bytesOf(source))
    expect(text).toBe(source)
    const slices = blocks.map((block) => text.slice(block.start, block.end))
    expect(slices.filter((slice) => slice.startsWith('#'))).toEqual([
      '# Book',
      ...Array.from({ length: 3_000 }, (_, i) => `## Part ${i}`),
    ])
    expect(slices.at(-1)).toBe('```sh\n\n# no heading\n\nrun\n```')
    expect(blocks.at(-1)?.headingPath).toEqual(['Book', 'Part 2999'])
  })
})

describe('HTML', () => {
  it('reads the body of a page without an article, less its navigation and scripts', async () => {
    const page = `<title>Site</title><nav>Home</nav><h1>Prices</h1><p>All <b>in</b>&nbsp;euro.<br>Tax included.</p>
      <script>bad()</script><p hidden>secret</p><ul><li>One<li>Two</ul><pre>a\n  b</pre>`
    const document = await parseDocument('page.html', bytesOf(page))
    expect(document.title).toBe('Site')
    expect(outline(document)).toEqual([
      'heading: Prices',
      'paragraph: All in euro.\nTax included.',
      'list-item: One',
      'list-item: Two',
      'code: a\n  b',
    ])
  })

  it('writes rows of a table with their headers, over joined cells', async () => {
    const page = `<table><caption>Staff</caption><tr><th>Name<th>Team<th>Since</tr>
      <tr><td>Ada<td rowspan=2>Core<td>2019</tr><tr><td>Max<td>2021</tr><tr><td colspan=3>No more</tr></table>`
    expect(outline(await parseDocument('t.html', bytesOf(page)))).toEqual([
      'caption: Staff',
      'table-row: Name | Team | Since',
      'table-row: Name: Ada; Team: Core; Since: 2019',
      'table-row: Name: Max; Team: Core; Since: 2021',
      'table-row: Name: No more',
    ])
  })

  it('keeps what footnotes say, without their numbers and arrows', async () => {
    const page = `<h1>Owls</h1><p>They weigh 417 grams<sup class="reference"><a href="#n1">[1]</a></sup> each.</p>
      <ol class="references"><li id="n1"><span class="mw-cite-backlink"><a href="#r1">^</a></span>
      <span class="reference-text"><cite>Ada Ray. <i>The Owl</i>.<span class="reference-accessdate"> Read in 2024</span></cite></span></ol>`
    expect(outline(await parseDocument('owls.html', bytesOf(page)))).toEqual([
      'heading: Owls',
      'paragraph: They weigh 417 grams each.',
      'list-item: Ada Ray. The Owl. Read in 2024',
    ])
  })

  it('takes the article out of a page full of other things', async () => {
    const sentence = 'The turbine was built in 1931 by a small firm, and it has run every day since, rain or shine. '
    const article = `<article><h1>The old turbine</h1>${`<p>${sentence.repeat(6)}</p>`.repeat(6)}</article>`
    const side = '<div class="sidebar"><ul><li><a href="/a">Buy our mugs</a></li></ul></div>'
    const page = `<html><head><title>The old turbine - News</title></head><body>${side}${article}${side}</body></html>`
    const document = await parseDocument('a.html', bytesOf(page))
    expect(document.text).toContain('The turbine was built in 1931')
    expect(document.text).not.toContain('mugs')
    expect(document.blocks[0]?.kind).toBe('heading')
  })
})

describe('PDF', () => {
  it('joins lines and cut words, marks headings, numbers pages and drops running headers', async () => {
    const page = (number: number, lines: string[]) => [
      { text: `Handbook page ${number}`, x: 60, y: 820, size: 8 },
      ...pdfPage(lines),
    ]
    const document = await parseDocument(
      'handbook.pdf',
      makePdf([
        [
          ...page(1, []),
          { text: 'Safety rules', x: 60, y: 790, size: 18 },
          ...pdfPage(['Wear a hel-', 'met at all times. Every worker on the site', 'must know where the exits'], {
            top: 760,
          }),
        ],
        page(2, ['are, and keep them free.']),
        page(3, ['Call the fire brigade first.']),
      ]),
    )
    expect(outline(document)).toEqual([
      'heading 1: Safety rules',
      'paragraph 1: Wear a helmet at all times. Every worker on the site must know where the exits',
      'paragraph 2: are, and keep them free.',
      'paragraph 3: Call the fire brigade first.',
    ])
    expect(document.text).toContain('where the exits are, and keep')
    expect(document.blocks[3]?.headingPath).toEqual(['Safety rules'])
  })

  it('mends a word cut at the end of a page', async () => {
    const pages = [['The engine must be cleaned and well oiled be-'], ['fore it is started again.']].map((lines) =>
      pdfPage(lines),
    )
    expect(outline(await parseDocument('a.pdf', makePdf(pages)))).toEqual([
      'paragraph 1: The engine must be cleaned and well oiled',
      'paragraph 2: before it is started again.',
    ])
  })

  it('keeps columns of a table apart', async () => {
    const cells = [
      ['Part', 'Price'],
      ['Valve', '12.50'],
    ]
    const lines = cells.flatMap((row, y) =>
      row.map((text, x) => ({ text: text.padEnd(5), x: 60 + x * 150, y: 700 - y * 14, size: 11 })),
    )
    expect(outline(await parseDocument('t.pdf', makePdf([lines])))).toEqual([
      'table-row 1: Part | Price',
      'table-row 1: Valve | 12.50',
    ])
  })

  it('names the pages without text and reads the others', async () => {
    const document = await parseDocument('scan.pdf', makePdf([[], pdfPage(['Only this page has text.']), [], []]))
    expect(document.warnings).toEqual(['No text layer on pages 1, 3–4: scanned or empty.'])
    expect(outline(document)).toEqual(['paragraph 2: Only this page has text.'])
  })

  it('leaves out a page whose letters are not letters', async () => {
    const garbled = pdfPage(['This page is not.']).map((line) => ({ ...line, isGarbled: true }))
    const document = await parseDocument('fonts.pdf', makePdf([garbled, pdfPage(['This page is fine.'])]))
    expect(document.warnings).toEqual(['The text of page 1 cannot be decoded and was left out.'])
    expect(document.text).toBe('This page is fine.')
  })
})

describe('Office', () => {
  it('reads headings, paragraphs, tables and formulas of a Word document', async () => {
    const row = (...cells: string[]) =>
      `<w:tr>${cells.map((cell) => `<w:tc>${docxParagraph(cell)}</w:tc>`).join('')}</w:tr>`
    const body = [
      docxParagraph('Contract', 'H1'),
      docxParagraph('Terms', 'H2'),
      docxParagraph('Notice is two months.'),
      '<w:p><w:r><w:t xml:space="preserve">Thus </w:t></w:r><m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath></w:p>',
      `<w:tbl>${row('Item', 'Price')}${row('Desk', '120')}</w:tbl>`,
    ]
    const document = await parseDocument('contract.docx', makeDocx(body.join('')))
    expect(outline(document)).toEqual([
      'heading: Contract',
      'heading: Terms',
      'paragraph: Notice is two months.',
      'paragraph: Thus a+b',
      'table-row: Item | Price',
      'table-row: Item: Desk; Price: 120',
    ])
    expect(document.blocks[2]?.headingPath).toEqual(['Contract', 'Terms'])
  })

  it('reads slides in the order they are shown, with their notes', async () => {
    const slides = [
      `${slideText('First\nSecond', 'body')}${slideText('Plan', 'title')}${slideText('7', 'sldNum')}`,
      slideText('End', 'title'),
    ]
    const document = await parseDocument('talk.pptx', makePptx(slides, ['Speak slowly.']))
    expect(outline(document)).toEqual([
      'heading 1: Plan',
      'list-item 1: First',
      'list-item 1: Second',
      'note 1: Speak slowly.',
      'heading 2: End',
    ])
  })

  it('reads sheets with dates, percentages and formulas that were never calculated', async () => {
    const rows = `<row r="1"><c r="A1" t="inlineStr"><is><t>Report</t></is></c></row>
      <row r="3"><c r="B3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c><c r="D3" t="s"><v>2</v></c></row>
      <row r="4"><c r="B4" s="1"><v>45292</v></c><c r="C4" s="2"><v>0.125</v></c><c r="D4"><v>0.30000000000000004</v></c></row>
      <row r="5"><c r="B5" s="1"><v>45292.75</v></c><c r="C5"><f>1+1</f></c><c r="D5" t="e"><v>#REF!</v></c></row>`
    const document = await parseDocument(
      'r.xlsx',
      makeXlsx({ 'Q1 &amp; Q2': rows, Empty: '' }, ['Day', 'Share', 'Sum']),
    )
    expect(outline(document)).toEqual([
      'table-row Q1 & Q2 1: Report',
      'table-row Q1 & Q2 3: Day | Share | Sum',
      'table-row Q1 & Q2 4: Day: 2024-01-01; Share: 12.5%; Sum: 0.3',
      'table-row Q1 & Q2 5: Day: 2024-01-01 18:00:00',
    ])
    expect(document.blocks[2]?.headingPath).toEqual(['Q1 & Q2'])
  })
})

describe('data', () => {
  it.each([
    ['a.csv', 'City;Inhabitants\r\n"Bonn; Rhein";331000\r\n\r\nKöln;1100000\r\n'],
    ['a.tsv', 'City\tInhabitants\n"Bonn; Rhein"\t331000\n\nKöln\t1100000\n'],
    ['a.csv', 'City,Inhabitants\n"Bonn; Rhein",331000\n\nKöln,1100000\n'],
  ])('reads %s with the delimiter it uses and the rows as numbered', async (name, source) => {
    expect(outline(await parseDocument(name, bytesOf(source)))).toEqual([
      'table-row 1: City | Inhabitants',
      'table-row 2: City: Bonn; Rhein; Inhabitants: 331000',
      'table-row 4: City: Köln; Inhabitants: 1100000',
    ])
  })

  it('reads a table without a header as it is', async () => {
    expect(outline(await parseDocument('a.csv', bytesOf('1,2\n3,4\n')))).toEqual([
      'table-row 1: 1 | 2',
      'table-row 2: 3 | 4',
    ])
  })

  it('reads objects and lists of JSON without changing long numbers', async () => {
    const source = '{"name":"Ada","id":12345678901234567890,"tags":["a","b"],"address":{"city":"Bonn"},"none":null}'
    expect(outline(await parseDocument('a.json', bytesOf(source)))).toEqual([
      'table-row: name: Ada',
      'table-row: id: 12345678901234567890',
      'table-row: tags: a, b',
      'table-row: address.city: Bonn',
    ])
    expect(outline(await parseDocument('a.jsonl', bytesOf('{"a":1,"b":{"c":2}}\n{"a":3}\n')))).toEqual([
      'table-row 1: a: 1; b.c: 2',
      'table-row 2: a: 3',
    ])
  })

  it('reads what is not JSON as text and says so', async () => {
    const document = await parseDocument('a.json', bytesOf('{"a": 1, // the first\n'))
    expect(document.warnings).toEqual(['The file is not valid JSON: it was read as plain text.'])
    expect(document.text).toContain('the first')
  })

  it('reads notebooks: texts, code and results', async () => {
    const cells = [
      { cell_type: 'markdown', source: ['# Study\n', 'We count.'] },
      { cell_type: 'code', source: 'print(1)', outputs: [{ output_type: 'stream', text: ['1\n'] }] },
      { cell_type: 'markdown', source: '## More' },
    ]
    const document = await parseDocument('a.ipynb', bytesOf(JSON.stringify({ cells, nbformat: 4 })))
    expect(outline(document)).toEqual([
      'heading: # Study',
      'paragraph: We count.',
      'code: print(1)',
      'note: 1',
      'heading: ## More',
    ])
    expect(document.blocks.map((block) => block.headingPath.join('/'))).toEqual([
      'Study',
      'Study',
      'Study',
      'Study',
      'Study/More',
    ])
  })
})

describe('EPUB', () => {
  it('reads the chapters in the order of the spine', async () => {
    const book = makeEpub(['<h1>One</h1><p>It began.</p>', '<h1>Two</h1><p>It ended.</p>'])
    const document = await parseDocument('book.epub', book)
    expect(document.title).toBe('The Book')
    expect(outline(document)).toEqual(['heading: One', 'paragraph: It began.', 'heading: Two', 'paragraph: It ended.'])
  })
})
