import { describe, expect, it } from 'vitest'
import { outline, outlinePaths } from '../../../test/fixtures/outline-document.ts'
import { parseDocument } from './parse-document.ts'

describe('text in a light markup stays as it is, with its headings known', () => {
  it.each([
    ['a.adoc', '= Pump\n\nIntro.\n\n== Care\n\n----\n= no heading\n----\n\nOil it.\n'],
    ['a.rst', '====\nPump\n====\n\nIntro.\n\nCare\n----\n\n= no heading\n\nOil it.\n'],
    ['a.tex', '\\section{Pump}\n\nIntro.\n\n\\subsection[c]{Care}\\label{c}\n\n= no heading\n\nOil it.\n'],
    ['a.org', '* Pump\n\nIntro.\n\n** Care :tag:\n\n= no heading\n\nOil it.\n'],
  ])('%s', async (name, source) => {
    const document = await parseDocument(name, Buffer.from(source))
    expect(document.text).toBe(source)
    expect(document.title).toBe('Pump')
    const blocks = outlinePaths(document)
    expect(blocks.filter((_, index) => document.blocks[index]?.kind === 'heading')).toHaveLength(2)
    expect(blocks).toContain('Pump: Intro.')
    expect(blocks.at(-1)).toBe('Pump > Care: Oil it.')
  })
})

it('subtitles are what is said, under the time it is said at', async () => {
  const srt =
    '1\n00:00:01,000 --> 00:00:02,000\nThe <i>pump</i>\nruns.\n\n2\n00:00:02,500 --> 00:00:04,000\nThe pump runs.\n\n3\n00:01:05,000 --> 00:01:06,000\nIt stops.\n'
  expect(outlinePaths(await parseDocument('a.srt', Buffer.from(srt)))).toEqual(['00:00:01: The pump runs. It stops.'])
  const cue = (minute: number) =>
    `00:0${minute}:00.000 --> 00:0${minute}:30.000\nMinute ${minute}: ${'words and words '.repeat(30)}end.\n\n`
  const vtt = await parseDocument('a.vtt', Buffer.from(`WEBVTT\n\n${cue(1)}${cue(2)}`))
  expect(vtt.blocks.map(({ headingPath }) => headingPath)).toEqual([['00:01:00'], ['00:02:00']])
})

describe('XML', () => {
  it('of records is rows, of a text is paragraphs under its titles', async () => {
    const feed = `<?xml version="1.0"?><rss><channel><title>News</title><language>en</language>
      <item><title>Pump</title><link>http://a</link></item><item><title>Valve</title><link>http://b</link></item></channel></rss>`
    expect(outline(await parseDocument('feed.xml', Buffer.from(feed)))).toEqual([
      'heading: News',
      'table-row: language: en',
      'table-row 1: title: Pump; link: http://a',
      'table-row 2: title: Valve; link: http://b',
    ])
    const book = `<book><title>Pumps</title><chapter><title>Care</title><para>Oil it <emphasis>daily</emphasis>.</para><para>Or weekly.</para></chapter><chapter><para>Free.</para></chapter></book>`
    expect(outlinePaths(await parseDocument('book.dbk', Buffer.from(book)))).toEqual([
      'Pumps: Pumps',
      'Pumps > Care: Care',
      'Pumps > Care: Oil it daily.',
      'Pumps > Care: Or weekly.',
      'Pumps: Free.',
    ])
  })

  it('is read in the encoding it declares', async () => {
    const xml = Buffer.from(
      '<?xml version="1.0" encoding="windows-1251"?><a><b>\xcf\xf0\xe8\xe2\xe5\xf2</b></a>',
      'latin1',
    )
    expect((await parseDocument('a.xml', xml)).text).toContain('Привет')
  })
})
