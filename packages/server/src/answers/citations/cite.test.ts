import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DocumentId, FileId, ProjectId, SourceId } from '../../ids.ts'
import type { FoundPassage } from '../../retrieval/passage.ts'
import type { CitationCounts, GeneratedEvent } from '../log/answer-event.ts'
import type { PassageCitation } from './citation.ts'
import type { CiteInput } from './citation-writer.ts'
import { cite } from './cite.ts'

const document =
  '🦉 Owls are birds of prey. Most owls hunt at night. Their ears sit at different heights.\n\n' +
  'The barn owl weighs about 400 grams. It lives in barns and church towers. A female lays up to 12 eggs.'
const characters = [...document]

function passage(number: number, start: number, end: number): FoundPassage {
  return {
    projectId: 'p' as ProjectId,
    sourceId: 's' as SourceId,
    documentId: 'd' as DocumentId,
    documentName: 'owls.md',
    language: 'en',
    number,
    text: characters.slice(start, end).join(''),
    headingPath: ['Birds'],
    page: number + 1,
    sheet: null,
    rowStart: null,
    rowEnd: null,
    changes: null,
    scores: { bm25: null, vector: null, fused: null, rerank: null },
    start,
    end,
    score: 1,
  }
}
const cut = characters.join('').indexOf('The barn') - 1
const passages = [passage(0, 0, cut), passage(1, cut, characters.length)]
const input: CiteInput = {
  passages: (n) => passages.slice(n - 1, n),
  table: () => undefined,
  question: 'How heavy is a barn owl?',
  readStored: async (_, { start, end }) => ({
    text: characters.slice(start, end).join(''),
    contentHash: 'h',
    fileId: 'f' as FileId,
    url: null,
  }),
}

async function run(chunks: readonly string[], from = input) {
  async function* events(): AsyncGenerator<GeneratedEvent> {
    for (const text of chunks) yield { type: 'text-delta', text }
  }
  let text = ''
  const citations: { at: number; citation: PassageCitation }[] = []
  const deltas: string[] = []
  let counts: CitationCounts | undefined
  for await (const event of cite(events(), from)) {
    if (event.type === 'text-delta') {
      text += event.text
      deltas.push(event.text)
    }
    if (event.type === 'citation' && event.citation.type === 'passage')
      citations.push({ at: text.length, citation: event.citation })
    if (event.type === 'citation-counts') counts = event.counts
  }
  return { text, citations, deltas, counts }
}

function quoteOf({ citation }: { citation: PassageCitation }): string {
  return characters.slice(citation.start, citation.end).join('')
}

describe('citations of an answer', () => {
  it('are bound to the passage, and quote the sentence that supports the claim, verbatim at its place', async () => {
    const { text, citations } = await run([
      'Owls mostly hunt at night [1]. A barn owl weighs 400 grams. [2] It lays 12 eggs [2].',
    ])
    expect(text).toBe('Owls mostly hunt at night [1]. A barn owl weighs 400 grams. [2] It lays 12 eggs [2].')
    expect(citations.map(({ citation }) => citation.quote)).toEqual([
      'Most owls hunt at night.',
      'The barn owl weighs about 400 grams.',
      'A female lays up to 12 eggs.',
    ])
    expect(citations.map(quoteOf)).toEqual(citations.map(({ citation }) => citation.quote))
    expect(citations[1]?.citation).toMatchObject({
      number: 2,
      document_id: 'd',
      passage: 1,
      page: 2,
      heading_path: ['Birds'],
    })
    expect(citations.map(({ at }) => at)).toEqual([29, text.indexOf('[2]') + 3, text.length - 1])
  })

  it.each([
    ['Owls [9] fly.', 'Owls fly.', []],
    ['Owls fly [7][8].', 'Owls fly.', []],
    ['Owls hunt [1, 9].', 'Owls hunt [1].', [1]],
    ['The owl [1][2].', 'The owl [1][2].', [1, 2]],
    ['The owl [2, 1].', 'The owl [2, 1].', [2, 1]],
    ['Owls hunt [1]. At night [1].', 'Owls hunt [1]. At night [1].', [1]],
    ['Owls hunt [1]. Ears sit high [1].', 'Owls hunt [1]. Ears sit high [1].', [1, 1]],
    ['[2]', '[2]', [2]],
    ['[[2]]', '[[2]]', [2]],
    ['In [2024] and a[0], [x], [ ], [1-2], [1', 'In [2024] and a[0], [x], [ ], [1-2], [1', []],
    ['Use `list[8]` and ``a[`8`]``. Owls hunt [1].', 'Use `list[8]` and ``a[`8`]``. Owls hunt [1].', [1]],
    ['```js\nlist[9] = [9]\n```\nBarns [2].', '```js\nlist[9] = [9]\n```\nBarns [2].', [2]],
    ['- ```\n  a[9]\n\n  b[9]\n  ```\n- Owls [1].', '- ```\n  a[9]\n\n  b[9]\n  ```\n- Owls [1].', [1]],
    ['An unclosed ` tick [9]\n\nowls [1][9].', 'An unclosed ` tick \n\nowls [1].', [1]],
    ['The `simple’ owls [1] hunt [9].', 'The `simple’ owls [1] hunt.', [1]],
    ['Owls: `list[9]', 'Owls: `list', []],
    ['An escaped \\` tick [9] here', 'An escaped \\` tick here', []],
    ['~~~\n[9]\n~~~\n[9] end', '~~~\n[9]\n~~~\n end', []],
  ])('%j becomes %j', async (answer, text, numbers) => {
    const whole = await run([answer])
    expect(whole.text).toBe(text)
    expect(whole.citations.map(({ citation }) => citation.number)).toEqual(numbers)
    expect(await run([...answer])).toMatchObject({ text: whole.text, citations: whole.citations })
  })

  it('drops every marker when nothing was searched', async () => {
    const { text, citations } = await run(['As said [1], owls fly [2].'], { ...input, passages: () => [] })
    expect(text).toBe('As said, owls fly.')
    expect(citations).toEqual([])
  })

  it('takes the question for the claim of a marker that has no text before it', async () => {
    const { citations } = await run(['[2] says so.'])
    expect(citations[0]?.citation.quote).toBe('The barn owl weighs about 400 grams.')
  })

  it('takes the words after the marker before for the claim', async () => {
    const { citations } = await run([
      'Owls have ears at different heights [1] and the barn owl lives in church towers [2].',
    ])
    expect(citations.map(({ citation }) => citation.quote)).toEqual([
      'Their ears sit at different heights.',
      'It lives in barns and church towers.',
    ])
  })

  it('name the heading and row of the quote, not of its passage', async () => {
    const changes = [
      { start: 0, headingPath: ['Birds', 'Owls'], row: null },
      { start: cut, headingPath: ['Birds', 'Barn owl'], row: 7 },
    ]
    const whole = { ...passage(0, 0, characters.length), rowStart: 7, rowEnd: 7, changes }
    const { citations } = await run(['Owls hunt at night [1]. A barn owl weighs 400 grams [2].'], {
      ...input,
      passages: () => [whole],
    })
    expect(citations.map(({ citation }) => citation)).toMatchObject([
      { quote: 'Most owls hunt at night.', heading_path: ['Birds', 'Owls'], row_start: null, row_end: null },
      { quote: 'The barn owl weighs about 400 grams.', heading_path: ['Birds', 'Barn owl'], row_start: 7, row_end: 7 },
    ])
  })

  it('does not quote a passage whose range does not fit its text', async () => {
    const wrong = { ...passages[0], end: 5 } as FoundPassage
    expect((await run(['Owls hunt [1].'], { ...input, passages: () => [wrong] })).citations).toEqual([])
  })

  it.each([
    [
      'says something else there now',
      async () => ({ text: 'Owls are gone.', contentHash: 'h', fileId: 'f' as FileId, url: null }),
    ],
    ['is gone', async () => undefined],
  ])('does not quote a document that %s', async (_, readStored) => {
    const { text, citations, counts } = await run(['Owls hunt at night [1].'], { ...input, readStored })
    expect([text, citations]).toEqual(['Owls hunt at night.', []])
    expect(counts).toEqual({ found: 0, repaired: 0, dropped: 1 })
  })

  it.each([
    ['shares nothing with its passage', 'Penguins swim in the cold sea [1].', 'Penguins swim in the cold sea.'],
    ['has a number that its passage does not hold', 'A barn owl weighs 500 grams [2].', 'A barn owl weighs 500 grams.'],
    ['points at another passage than its own', 'Most owls hunt at night [2].', 'Most owls hunt at night.'],
  ])('does not show a marker whose sentence %s', async (_, answer, shown) => {
    const { text, citations, counts } = await run([answer])
    expect([text, citations, counts]).toEqual([shown, [], { found: 0, repaired: 0, dropped: 1 }])
  })

  it('takes the numbers of markers side by side from all of their passages', async () => {
    const { text } = await run(['Owls of 400 grams lay 12 eggs and are birds of prey [1][2].'])
    expect(text).toContain('[1][2]')
  })

  it('of a claim in another language only numbers can be told', async () => {
    const said = 'Die meisten von ihnen jagen in der Nacht'
    expect((await run([`${said} [1].`])).text).toBe(`${said} [1].`)
    expect((await run([`${said} um 3 Uhr [1].`])).text).toBe(`${said} um 3 Uhr.`)
  })

  it.each([
    ['"Most owls hunt at night" [1]', 'Most owls hunt at night', 'found'],
    [
      'It says: "Most owls hunt at night. Their ears sit at different heights." [1]',
      'Most owls hunt at night. Their ears sit at different heights.',
      'found',
    ],
    ['“most owls **hunt** at night,” it says [1].', 'Most owls hunt at night', 'repaired'],
    ['„Most owls hunt during the night“ [1]', 'Most owls hunt at night', undefined],
    ['> Their ears sit at different heights. [1]', 'Their ears sit at different heights.', 'found'],
    [
      'It says:\n\n> Most owls hunt at night.\n> Their ears sit at different heights.\n\n— Owls, page 1 [1]',
      'Most owls hunt at night. Their ears sit at different heights.',
      'repaired',
    ],
    [
      '“Most owls hunt … at different heights” [1]',
      'Most owls hunt at night. Their ears sit at different heights',
      'repaired',
    ],
    ['“Owls are birds of prey. The barn owl weighs about 400 grams” [1, 2]', undefined, undefined],
    ['“Most owls sleep in the sea all day long” [1]', undefined, undefined],
    ['“Most owls hunt at night” [2]', undefined, undefined],
    ['“Most owls hunt at night” and weigh 999 grams [1].', undefined, undefined],
  ])('shows of the quotation in %j what really stands there', async (answer, quote, outcome) => {
    const { text, citations, counts } = await run([answer])
    expect(citations.map(({ citation }) => citation.quote)).toEqual(quote === undefined ? [] : [quote])
    expect(citations.map(quoteOf)).toEqual(citations.map(({ citation }) => citation.quote))
    if (quote === undefined) expect(text).not.toMatch(/\[\d/)
    else if (outcome !== undefined) expect(counts).toEqual({ found: 0, repaired: 0, dropped: 0, [outcome]: 1 })
  })

  it('gives what a marker rests on anew an id of its own', async () => {
    const { citations } = await run(['Owls hunt at night [1]. Ears sit at heights [1]. They hunt at night [1].'])
    expect(citations.map(({ citation }) => [citation.id, citation.quote])).toEqual([
      ['1', 'Most owls hunt at night.'],
      ['1-2', 'Their ears sit at different heights.'],
    ])
  })

  it('joins passages that overlap, so that a quotation may reach over both', async () => {
    const overlapping = [passage(0, 0, cut + 20), passage(1, cut, characters.length)]
    const { citations } = await run(['“at different heights. The barn owl weighs about” [1]'], {
      ...input,
      passages: () => overlapping,
    })
    expect(citations.map(quoteOf)).toEqual(['at different heights.\n\nThe barn owl weighs about'])
    expect(citations[0]?.citation).toMatchObject({ passage: 0, page: 1 })
  })

  it('holds back only an unfinished marker', async () => {
    const { deltas } = await run(['Owls', ' fly', ' [', '1', ']', ' high', ' [not', ' a marker]'])
    expect(deltas).toEqual(['Owls', ' fly', ' [1]', ' high', ' [not', ' a marker]'])
  })

  it('passes other events through in their place, after the text before them', async () => {
    async function* events(): AsyncGenerator<GeneratedEvent> {
      yield { type: 'text-delta', text: 'Let me look [' }
      yield { type: 'tool-call', id: 'a', name: 'get_context', input: {} }
      yield { type: 'usage', inputTokens: 1, outputTokens: 2 }
      yield { type: 'text-delta', text: '1]' }
    }
    const seen: GeneratedEvent[] = []
    for await (const event of cite(events(), input)) seen.push(event)
    expect(seen.map((event) => (event.type === 'text-delta' ? event.text : event.type))).toEqual([
      'Let me look',
      ' [',
      'tool-call',
      'usage',
      '1]',
      'citation-counts',
    ])
  })

  it('are the same however the text was cut', async () => {
    const token = fc.constantFrom(
      'Owls hunt at night',
      'barn owl',
      '"Most owls hunt at night"',
      '“weighs roughly 400 grams”',
      '> Most owls hunt at night.',
      '417',
      '🦉',
      ' ',
      '  ',
      '\n',
      '\n\n',
      '- ',
      '1. ',
      '> ',
      '.',
      '[1]',
      '[2]',
      '[1, 2]',
      '[9]',
      '[1,9]',
      ' [2]',
      '[',
      ']',
      '1',
      ', ',
      '`',
      '``',
      '```',
      '```js\n',
      '\n```\n',
      '~~~',
      '\\',
      '\\[',
      'a[0]',
      '[link](x)',
      '\t',
      '\r\n',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(token, { maxLength: 30 }),
        fc.array(fc.nat(6), { minLength: 1, maxLength: 20 }),
        async (tokens, cuts) => {
          const text = tokens.join('')
          const chunks: string[] = []
          for (let at = 0, turn = 0; at < text.length; turn++) {
            const size = 1 + (cuts[turn % cuts.length] ?? 0)
            chunks.push(text.slice(at, at + size))
            at += size
          }
          const whole = await run([text])
          const pieces = await run(chunks)
          expect(pieces.text).toBe(whole.text)
          expect(pieces.citations).toEqual(whole.citations)
          for (const one of whole.citations) expect(quoteOf(one)).toBe(one.citation.quote)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
