import { forEachWord } from '../../retrieval/analysis/analyse-text.ts'

export type QuestionKind = 'number' | 'date' | 'who' | 'where' | 'why' | 'other'

/** A question in the form sentences are compared with. */
export interface ParsedQuestion {
  readonly kind: QuestionKind
  /** Distinct terms without question words, with the share of their weight that counts: 1, less when from an earlier question. */
  readonly terms: ReadonlyMap<string, number>
  /** As `wordPairs` makes them. */
  readonly pairs: ReadonlySet<string>
  /** Terms of its capitalised words: names, mostly. The first word counts for none. */
  readonly names: ReadonlySet<string>
}

/** Words that ask, and so are not looked for in an answer. */
const askingWords = new Set(
  `what which who whom whose when where why how name named names call called calls kind kinds type types many much
  does did tell give describe explain list say says said mention mentioned please know
  wer wen wem wessen was wann wo wohin woher warum wieso weshalb wie viel viele welche welcher welches welchem welchen heißt nenne
  qui que quoi quel quelle quels quelles quand où pourquoi comment combien
  quién quiénes qué cuál cuáles cuándo dónde adónde cómo cuánto cuántos cuánta cuántas
  chi cosa quale quali quando dove perché come quanto quanti quanta quante
  quem qual quais onde porque porquê quantos quantas`.split(/\s+/),
)

const kinds: readonly (readonly [QuestionKind, RegExp])[] = [
  [
    'number',
    /\bhow (?:many|much|long|old|far|tall|high|large|big|deep|wide|fast|often|hot|cold|heavy)\b|\b(?:what|which)(?: (?:is|was|are|were) the(?: \p{L}+)?)? (?:percent(?:age)?|number|amount|proportion|share|fraction|score|price|cost|population|size|length|height|weight|age|speed|temperature)s?\b|\bwie ?viele?\b|\bcombien\b|\bcuánt[oa]s?\b|\bquant[ie]\b|\bquant[oa]s\b/giu,
  ],
  [
    'date',
    /\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|centurie|decade|season|time|era|period)s?\b|\bwann\b|\bquand\b|\bcuándo\b|\bquando\b/giu,
  ],
  ['who', /\bwho(?:m|se)?\b|\bwe[rnm]\b|\bqui\b|\bquién(?:es)?\b|\bchi\b|\bquem\b/giu],
  [
    'where',
    /\bwhere\b|\b(?:what|which) (?:city|citie|country|countrie|place|location|state|town|region|continent|island|building|street|river|area|province|county|countie)s?\b|\bwo(?:hin|her)?\b|(?<!\p{L})où(?!\p{L})|\bdónde\b|\bdove\b|\bonde\b/giu,
  ],
  [
    'why',
    /\bwhy\b|\bhow come\b|\bfor what reason\b|\bwarum\b|\bwieso\b|\bweshalb\b|\bpourquoi\b|\b(?:por qu[eé]|perché)(?!\p{L})/giu,
  ],
  // They ask too, for nothing that could be told by its form.
  [
    'other',
    /\b(?:what|which|how|welche[rsmn]?|wie|quel(?:le)?s?|qué|cuál(?:es)?|cómo|quale|quali|qual|quais)(?!\p{L})/giu,
  ],
]

/** The first word that asks decides: "what was it called when …" asks for no date. */
function questionKind(question: string): QuestionKind {
  const asked = kinds.map(([kind, pattern]) => ({ kind, at: firstAsking(pattern, question) }))
  const nothing = { kind: 'other', at: Number.POSITIVE_INFINITY } as const
  return asked.reduce((first, next) => (next.at < first.at ? next : first), nothing).kind
}

/** Not the "Who" of "Doctor Who": in the middle of a question a capital makes it a name. */
function firstAsking(pattern: RegExp, question: string): number {
  const match = question
    .matchAll(pattern)
    .find(({ index, 0: word }) => !/^\p{Lu}/u.test(word) || !/[\p{L}\p{N}]\s+$/u.test(question.slice(0, index)))
  return match?.index ?? Number.POSITIVE_INFINITY
}

/** Analysed as documents of one language are. Words of an earlier question that this one continues count half. */
export function parseQuestion(question: string, earlier: string, language: string): ParsedQuestion {
  const terms = new Map<string, number>()
  for (const term of contentTerms(question, language)) terms.set(term, 1)
  for (const term of contentTerms(earlier, language)) if (!terms.has(term)) terms.set(term, 0.5)
  const pairs = new Set([...wordPairs(question, language), ...wordPairs(earlier, language)])
  const capitalised = [...capitalisedWords(question), ...capitalisedWords(earlier)]
  const names = new Set(capitalised.flatMap((word) => contentTerms(word, language)))
  return { kind: questionKind(question), terms, pairs, names }
}

/** How many words of a question say what it is about. */
export function countTerms(question: string, language: string): number {
  return new Set(contentTerms(question, language)).size
}

/** Neighbouring words of a text, stop words too, by their terms: `the_king`, `king_of`. */
export function wordPairs(text: string, language: string): string[] {
  const forms: string[] = []
  forEachWord(text, language, (word, term) => forms.push(term ?? word))
  return forms.slice(1).map((form, i) => `${forms[i]}_${form}`)
}

/** The terms of a question that say what it is about, in order. */
function contentTerms(question: string, language: string): string[] {
  const terms: string[] = []
  forEachWord(question, language, (word, term) => {
    if (term !== undefined && !askingWords.has(word)) terms.push(term)
  })
  return terms
}

function capitalisedWords(question: string): string[] {
  return [...question.trim().matchAll(/(?<=\P{L})\p{Lu}[\p{L}\p{N}]*/gu)].map((match) => match[0])
}
