const runs = /[\p{L}\p{N}\p{M}]+/gu
/** Scripts that put no spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu

/** Words, with about two characters to a word where none are spaced, and long unbroken runs counted by their length. */
export function countWords(text: string): number {
  let words = 0
  for (const [run] of text.matchAll(runs)) {
    const characters = run.length === 1 || run.charCodeAt(0) < 0x0e00 ? 0 : (run.match(unspaced)?.length ?? 0)
    const spaced = run.length - characters
    words += characters / 2 + (spaced > 0 ? Math.max(1, Math.floor(spaced / 25)) : 0)
  }
  return words
}
