import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DocumentId, ProjectId, SourceId } from '../ids.ts'
import type { FoundPassage } from '../retrieval/passage.ts'
import type { GeneratedEvent } from './answer-event.ts'
import type { Citation } from './citation.ts'
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
const input = { passages: (n: number) => passages.slice(n - 1, n), question: 'How heavy is a barn owl?' }

async function run(chunks: readonly string[], from = input) {
  async function* events(): AsyncGenerator<GeneratedEvent> {
    for (const text of chunks) yield { type: 'text-delta', text }
  }
  let text = ''
  const citations: { at: number; citation: Citation }[] = []
  const deltas: string[] = []
  for await (const event of cite(events(), from)) {
    if (event.type === 'text-delta') {
      text += event.text
      deltas.push(event.text)
    }
    if (event.type === 'citation') citations.push({ at: text.length, citation: event.citation })
  }
  return { text, citations, deltas }
}

function quoteOf({ citation }: { citation: Citation }): string {
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
    ])
    expect(citations.map(quoteOf)).toEqual(citations.map(({ citation }) => citation.quote))
    expect(citations[1]?.citation).toMatchObject({
      number: 2,
      document_id: 'd',
      passage: 1,
      page: 2,
      heading_path: ['Birds'],
    })
    expect(citations.map(({ at }) => at)).toEqual(['Owls mostly hunt at night [1]'.length, text.indexOf('[2]') + 3])
  })

  it.each([
    ['Owls [9] fly.', 'Owls fly.', []],
    ['Owls fly [7][8].', 'Owls fly.', []],
    ['Owls fly [1, 9].', 'Owls fly [1].', [1]],
    ['Owls fly [1][2].', 'Owls fly [1][2].', [1, 2]],
    ['Owls fly [2, 1].', 'Owls fly [2, 1].', [2, 1]],
    ['Owls fly [1]. Again [1].', 'Owls fly [1]. Again [1].', [1]],
    ['[2]', '[2]', [2]],
    ['[[1]]', '[[1]]', [1]],
    ['In [2024] and a[0], [x], [ ], [1-2], [1', 'In [2024] and a[0], [x], [ ], [1-2], [1', []],
    ['Use `list[1]` and ``a[`1`]`` so [1].', 'Use `list[1]` and ``a[`1`]`` so [1].', [1]],
    ['```js\nlist[9] = [9]\n```\nSo [2].', '```js\nlist[9] = [9]\n```\nSo [2].', [2]],
    ['- ```\n  a[9]\n\n  b[9]\n  ```\n- So [1].', '- ```\n  a[9]\n\n  b[9]\n  ```\n- So [1].', [1]],
    ['An unclosed ` tick [9]\n\nthen [1][9].', 'An unclosed ` tick [9]\n\nthen [1].', [1]],
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
    expect((await run(['Owls fly [1].'], { ...input, passages: () => [wrong] })).citations).toEqual([])
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
    ])
  })

  it('are the same however the text was cut', async () => {
    const token = fc.constantFrom(
      'Owls hunt at night',
      'barn owl',
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
