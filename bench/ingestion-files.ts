import { createWriteStream } from 'node:fs'
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { seededRandom } from './bench-data.ts'

const common =
  'the of and a to in is that it was for on are as with his they at be this from have or by one had not but'
const syllables = 'ba ter lo min ra sti con der fal gu vi or pen ka mo tre sal in ul phe dar ness ing ment er ly'.split(
  ' ',
)

/** English enough: every other word is one of the commonest, the rest thin out as words of a language do. */
export class TextMaker {
  readonly #random: () => number
  readonly #common = common.split(' ')
  readonly #words: readonly string[]

  constructor(seed: number) {
    this.#random = seededRandom(seed)
    // The same vocabulary whatever the seed.
    const random = seededRandom(1)
    this.#words = Array.from({ length: 20_000 }, () => {
      const count = 2 + Math.floor(random() * 3)
      return Array.from({ length: count }, () => syllables[Math.floor(random() * syllables.length)]).join('')
    })
  }

  paragraph(): string {
    return Array.from({ length: 3 + Math.floor(this.#random() * 5) }, () => this.#sentence()).join(' ')
  }

  *paragraphs(bytes: number): Generator<string> {
    for (let written = 0; written < bytes; ) {
      const text = `${this.paragraph()}\n\n`
      written += text.length
      yield text
    }
  }

  #sentence(): string {
    const words = Array.from({ length: 8 + Math.floor(this.#random() * 16) }, (_, i) =>
      i % 2 === 0 ? this.#common[Math.floor(this.#random() * this.#common.length)] : this.#rareWord(),
    )
    const text = words.join(' ')
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
  }

  #rareWord(): string {
    return this.#words[Math.floor(this.#words.length * this.#random() ** 3)] ?? 'word'
  }
}

/** Files of a kind in a folder of their own. */
export async function makeTexts(folder: string, count: number, bytes: number, seed: number): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (let i = 0; i < count; i++) {
    const maker = new TextMaker(seed + i)
    await pipeline(Readable.from(maker.paragraphs(bytes)), createWriteStream(join(folder, `text-${seed + i}.txt`)))
  }
  return folder
}

/** From `least` to `most` bytes, as many of each order of magnitude. */
export async function makeMixedTexts(folder: string, count: number, [least, most]: readonly [number, number]) {
  const random = seededRandom(count)
  for (let i = 0; i < count; i++) await makeTexts(folder, 1, least * (most / least) ** random(), 9_000 + i)
  return folder
}

/** The PDFs of a folder; undefined when it has none. */
export async function copyPdfs(from: string, folder: string): Promise<string | undefined> {
  const names = (await readdir(from)).filter((name) => name.endsWith('.pdf'))
  if (names.length === 0) return undefined
  await mkdir(folder, { recursive: true })
  for (const name of names) await copyFile(join(from, name), join(folder, name))
  return folder
}
