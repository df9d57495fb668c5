import { pause } from '../pause.ts'
import { forEachPosting } from '../words/posting-list.ts'
import { type Block, BlockReader } from '../words/segment-blocks.ts'

/**
 * A term as one word of lower case letters, whatever script it is of: PostgreSQL's parser would cut some terms in two and
 * take others for numbers or addresses. Plain ones only get a letter in front; of others every half byte is a letter.
 */
export function encodeTerm(term: string): string {
  if (/^[a-z]+$/.test(term)) return `w${term}`
  let letters = 'x'
  for (const byte of Buffer.from(term)) letters += halves[byte >> 4] + (halves[byte & 15] ?? '')
  return letters
}

const halves = [...'abcdefghijklmnop']

/** The encoded terms of each passage, as often as it has them, from the blocks of a segment of `count` passages. */
export async function listPassageTerms(blocks: readonly Block[], count: number): Promise<string[]> {
  const texts: string[] = new Array(count).fill('')
  for (const { entries } of blocks) {
    const reader = new BlockReader(entries)
    while (reader.next()) {
      const word = `${encodeTerm(Buffer.from(reader.key, 'latin1').toString())} `
      forEachPosting(reader.list, (ordinal, frequency) => {
        texts[ordinal] += word.repeat(frequency)
      })
      await pause()
    }
  }
  return texts
}
