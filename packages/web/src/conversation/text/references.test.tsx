import fc from 'fast-check'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import { Markdown } from '../../ui/Markdown.tsx'
import { cutText } from './cut-text.ts'
import { referencesOf } from './references.ts'
import { showFootnotes } from './show-footnotes.ts'

const paragraph = `${'Words of an answer that goes on and on, as answers do. '.repeat(40)}\n\n`

function shown(markdown: string): string {
  return renderToStaticMarkup(<Markdown remarkPlugins={[showFootnotes]}>{markdown}</Markdown>)
}

/** Links and marks of footnotes, in their order. */
function referencesIn(html: string): readonly string[] {
  return Array.from(html.matchAll(/<a href="(.*?)"|<sup>(.*?)<\/sup>/g), ([, href, mark]) => href ?? `^${mark}`)
}

function shownInPieces(text: string): readonly string[] {
  const cut = cutText(text, { isEnded: true })
  const references = referencesOf(cut, { isEnded: true })
  const { settled, open } = cut
  return [...settled, ...(open === undefined ? [] : [open])].flatMap((piece) =>
    piece.type === 'code' ? [] : referencesIn(shown(`${piece.text}\n\n${references.get(piece.start) ?? ''}`)),
  )
}

it.each([
  ['a link', `See [the guide][g].\n\n${paragraph}[g]: https://example.org/guide`, ['https://example.org/guide']],
  ['a short link', `See [Guide].\n\n${paragraph}[guide]: https://example.org/a`, ['https://example.org/a']],
  ['a definition before its use', `[g]: https://example.org/b\n\n${paragraph}See [it][g].`, ['https://example.org/b']],
  [
    'a definition behind code',
    '[g]\n\n```ts\nconst a = 1\n```\n\n[g]: https://example.org/c',
    ['https://example.org/c'],
  ],
  ['a definition in code', `[g]\n\n${paragraph}\`\`\`\n[g]: https://example.org/d\n\`\`\`\n`, []],
  ['the first of two', `[g]\n\n${paragraph}[g]: https://e.org/1\n[g]: https://e.org/2`, ['https://e.org/1']],
  ['an unsafe one', `[g]\n\n${paragraph}[g]: javascript:alert(1)`, []],
  ['a footnote', `So it is[^1].\n\n${paragraph}[^1]: Because it was.`, ['^1', '^1']],
  ['a footnote with a name', `So it is[^why].\n\n${paragraph}[^why]: Because *it* was.`, ['^why', '^why']],
])('finds %s far from its use', (_, text, expected) => {
  expect(shownInPieces(text)).toEqual(expected)
  expect(referencesIn(shown(text))).toEqual(expected)
})

it('shows what a footnote says once, where it stands', () => {
  const html = shown(`So[^1].\n\n[^1]: ${'\u2060'}`)
  expect(html).toContain('So<sup>1</sup>.')
  expect(html).not.toContain('<div')
  expect(shown('So[^1].\n\n[^1]: Because.')).toContain('<sup>1</sup> Because.')
})

const parts = fc.constantFrom(
  paragraph,
  'See [a link][a] and [b].\n\n',
  'A note[^1] and [^two].\n\n',
  '[a]: https://example.org/a\n\n',
  '[b]: https://example.org/b\n\n',
  '[^1]: The first.\n\n',
  '[^two]: The second.\n\n',
  '```\n[a] [^1]\n```\n\n',
  '- an item with [a]\n\n',
)

it('shows the same links and footnotes in pieces as in one', () => {
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 8 }), (all) => {
      const text = all.join('')
      expect(shownInPieces(text)).toEqual(referencesIn(shown(text)))
    }),
    { numRuns: 40 },
  )
})

it('asks for nothing anew while a definition is being written', () => {
  const text = `[g]\n\n${paragraph}More.\n\n[g]: https://example.org/lo`
  const isEnded = false
  expect(referencesOf(cutText(text, { isEnded }), { isEnded }).size).toBe(0)
  const next = cutText(`${text}ng\n`, { isEnded })
  expect([...referencesOf(next, { isEnded }).values()]).toEqual(['[g]: https://example.org/long'])
})
