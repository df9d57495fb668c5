import { expect, it } from 'vitest'
import { makeZip } from '../../../test/fixtures/make-files.ts'
import { outline } from '../../../test/fixtures/outline-document.ts'
import { parseDocument } from './parse-document.ts'

const names = ['office', 'text', 'table', 'draw', 'presentation', 'style']
  .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
  .join(' ')

function makeOpenDocument(body: string, styles = ''): Uint8Array {
  return makeZip({
    mimetype: 'application/vnd.oasis.opendocument.text',
    'content.xml': `<?xml version="1.0"?><office:document-content ${names}><office:automatic-styles>${styles}</office:automatic-styles><office:body>${body}</office:body></office:document-content>`,
  })
}

it('a text keeps headings, lists, tables and notes', async () => {
  const row = (...cells: string[]) =>
    `<table:table-row>${cells.map((cell) => `<table:table-cell><text:p>${cell}</text:p></table:table-cell>`).join('')}</table:table-row>`
  const body = `<office:text>
    <text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>
    <text:h text:outline-level="1">Contract</text:h><text:h text:outline-level="2">Terms</text:h>
    <text:p>Notice<text:s text:c="2"/>is <text:span>two months</text:span><text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>In writing.</text:p></text:note-body></text:note>.<text:line-break/>No more.</text:p>
    <text:list><text:list-item><text:p>One</text:p></text:list-item><text:list-item><text:p>Two</text:p></text:list-item></text:list>
    <table:table>${row('Item', 'Price')}${row('Desk', '120')}</table:table></office:text>`
  const document = await parseDocument('contract.odt', makeOpenDocument(body))
  expect(outline(document)).toEqual([
    'heading: Contract',
    'heading: Terms',
    'paragraph: Notice is two months.\nNo more.',
    'note: In writing.',
    'list-item: One',
    'list-item: Two',
    'table-row: Item | Price',
    'table-row: Item: Desk; Price: 120',
  ])
  expect(document.blocks[2]?.headingPath).toEqual(['Contract', 'Terms'])
})

it('a spreadsheet keeps its rows and their numbers over a million empty ones, and names hidden sheets', async () => {
  const cell = (text: string) => `<table:table-cell><text:p>${text}</text:p></table:table-cell>`
  const body = `<office:spreadsheet>
    <table:table table:name="Sales"><table:table-row>${cell('Day')}${cell('Sum')}</table:table-row>
      <table:table-row><table:table-cell office:value-type="date" office:date-value="2026-03-01"><text:p>1.3.26</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="12.5"><text:p>13</text:p></table:table-cell></table:table-row>
      <table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>
      <table:table-row>${cell('Late')}${cell('1')}</table:table-row></table:table>
    <table:table table:name="Secret" table:style-name="h"><table:table-row>${cell('x')}</table:table-row></table:table>
  </office:spreadsheet>`
  const styles = '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
  const document = await parseDocument('sales.ods', makeOpenDocument(body, styles))
  expect(outline(document)).toEqual([
    'table-row Sales 1: Day | Sum',
    'table-row Sales 2: Day: 2026-03-01; Sum: 12.5',
    'table-row Sales 1000003: Day: Late; Sum: 1',
  ])
  expect(document.warnings).toEqual(['The hidden sheet “Secret” was left out.'])
})

it('a presentation keeps titles, texts and notes by slide', async () => {
  const frame = (kind: string, text: string) =>
    `<draw:frame presentation:class="${kind}"><draw:text-box><text:p>${text}</text:p></draw:text-box></draw:frame>`
  const body = `<office:presentation><draw:page>${frame('outline', 'First point')}${frame('title', 'Plan')}<presentation:notes>${frame('notes', 'Speak slowly.')}</presentation:notes></draw:page><draw:page>${frame('title', 'End')}</draw:page></office:presentation>`
  expect(outline(await parseDocument('talk.odp', makeOpenDocument(body)))).toEqual([
    'heading 1: Plan',
    'paragraph 1: First point',
    'note 1: Speak slowly.',
    'heading 2: End',
  ])
})

it('one with a password says so', async () => {
  const locked = makeZip({
    mimetype: 'application/vnd.oasis.opendocument.text',
    'content.xml': 'x',
    'META-INF/manifest.xml': '<m:manifest xmlns:m="m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>',
  })
  await expect(parseDocument('a.odt', locked)).rejects.toMatchObject({ reason: 'protected' })
})
