/** A word of a text as it is compared: no case, no accents of composition, one kind of apostrophe. Offsets are UTF-16. */
export interface QuoteWord {
  readonly form: string
  /** Begins with a capital letter. */
  readonly isCapitalised: boolean
  readonly start: number
  readonly end: number
}

/** Characters of scripts without spaces one by one; invisible characters belong to the word that they stand in. */
const pattern =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}])[\p{L}\p{N}])(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}])[\p{L}\p{N}\p{M}\u00AD\u200B-\u200D\u2060]|['’ʼ](?=\p{L}))*/gu
const invisible = /[\u00AD\u200B-\u200D\u2060]/g

/** The words of a text: all that matters when a quotation is looked for. Punctuation, spaces and emphasis do not. */
export function readQuoteWords(text: string): QuoteWord[] {
  return [...text.matchAll(pattern)].map(({ index, 0: word }) => ({
    isCapitalised: /^\p{Lu}/u.test(word),
    form: word.normalize('NFKC').toLowerCase().replace(invisible, '').replace(/[’ʼ]/g, "'"),
    start: index,
    end: index + word.length,
  }))
}
