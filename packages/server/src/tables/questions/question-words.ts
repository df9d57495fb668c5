/** What a word or phrase of a question means to a table. */
export type Meaning =
  | { readonly type: 'aggregate'; readonly aggregate: Aggregate }
  /** `most`, `fewest`, `wenigsten`: of rows, when a table or nothing follows. */
  | { readonly type: 'most'; readonly direction: Direction }
  | { readonly type: 'extreme'; readonly direction: Direction }
  | { readonly type: 'top'; readonly direction: Direction }
  | { readonly type: 'distinct' }
  | { readonly type: 'which' }
  | { readonly type: 'group' }
  | { readonly type: 'part'; readonly part: 'year' | 'month' }
  | { readonly type: 'compare'; readonly operator: Operator }
  | { readonly type: 'between' }
  | { readonly type: 'not' }
  /** `is`: of a column and its value; a filler elsewhere. */
  | { readonly type: 'be' }
  | { readonly type: 'and' }
  /** Nothing that is understood here may stand beside it. */
  | { readonly type: 'obstacle' }
  | { readonly type: 'filler' }

export type Aggregate = 'count' | 'sum' | 'avg' | 'min' | 'max'
export type Direction = 'desc' | 'asc'
export type Operator = '=' | '<>' | '>' | '>=' | '<' | '<=' | 'contains' | 'starts'

interface Phrase {
  readonly words: readonly string[]
  readonly meaning: Meaning
  readonly language: 'en' | 'de' | undefined
}

const phrases: Phrase[] = []

/** Phrases are split at commas; an ending in brackets may be there or not. */
function define(language: Phrase['language'], meaning: Meaning, list: string): void {
  for (const text of list.split(',')) {
    for (const variant of variantsOf(text.trim())) phrases.push({ words: variant.split(/\s+/), meaning, language })
  }
}

/** `höchste(r|n)` is höchste, höchster and höchsten. */
function variantsOf(text: string): string[] {
  const match = /\(([^)]*)\)/.exec(text)
  if (match === null) return [text]
  const [whole, inside = ''] = match
  return ['', ...inside.split('|')].flatMap((ending) => variantsOf(text.replace(whole, ending)))
}

define(
  'en',
  { type: 'aggregate', aggregate: 'count' },
  'how many, number of, count, count of, the number of, how often',
)
define(
  'de',
  { type: 'aggregate', aggregate: 'count' },
  'wie viel(e|en), wieviel(e|en), anzahl, zahl der, wie oft, zähle',
)
define('en', { type: 'aggregate', aggregate: 'sum' }, 'sum, sum of, total, total of, sum up, add up, combined')
define('de', { type: 'aggregate', aggregate: 'sum' }, 'summe, gesamt(e|er|en|es), insgesamt, gesamtsumme, summiere')
define('en', { type: 'aggregate', aggregate: 'avg' }, 'average, average of, mean, avg, on average')
define(
  'de',
  { type: 'aggregate', aggregate: 'avg' },
  'durchschnitt, durchschnittlich(e|er|en|es), im durchschnitt, mittelwert, mittlere(r|n|s), im mittel',
)
define('en', { type: 'aggregate', aggregate: 'min' }, 'minimum, min, minimal')
define('de', { type: 'aggregate', aggregate: 'min' }, 'minimale(r|n|s), mindestwert, kleinster wert')
define('en', { type: 'aggregate', aggregate: 'max' }, 'maximum, max, maximal')
define('de', { type: 'aggregate', aggregate: 'max' }, 'maximale(r|n|s), höchstwert, größter wert')
define('en', { type: 'extreme', direction: 'desc' }, 'highest, largest, biggest, greatest, latest, most recent, newest')
define(
  'de',
  { type: 'extreme', direction: 'desc' },
  'höchste(r|n|s), größte(r|n|s), späteste(r|n|s), neueste(r|n|s), jüngste(r|n|s)',
)
define('en', { type: 'extreme', direction: 'asc' }, 'lowest, smallest, earliest, oldest, least')
define(
  'de',
  { type: 'extreme', direction: 'asc' },
  'niedrigste(r|n|s), kleinste(r|n|s), geringste(r|n|s), früheste(r|n|s), älteste(r|n|s)',
)
define('en', { type: 'most', direction: 'desc' }, 'most')
define('de', { type: 'most', direction: 'desc' }, 'meisten, am meisten')
define('en', { type: 'most', direction: 'asc' }, 'fewest')
define('de', { type: 'most', direction: 'asc' }, 'wenigsten, am wenigsten')
define('en', { type: 'top', direction: 'desc' }, 'top')
define('en', { type: 'top', direction: 'asc' }, 'bottom')
define('en', { type: 'distinct' }, 'different, distinct, unique')
define('de', { type: 'distinct' }, 'verschiedene(n|r), unterschiedliche(n|r), eindeutige(n|r)')
define('en', { type: 'which' }, 'which, who')
define('de', { type: 'which' }, 'welche(r|s|n|m), wer')
define('en', { type: 'group' }, 'per, by, for each, for every, in each, grouped by, group by, broken down by')
define('de', { type: 'group' }, 'je, pro, nach, für jede(n|s|r), gruppiert nach, aufgeteilt nach')
define('en', { type: 'part', part: 'year' }, 'year, years')
define('de', { type: 'part', part: 'year' }, 'jahr, jahre, jahren')
define('en', { type: 'part', part: 'month' }, 'month, months')
define('de', { type: 'part', part: 'month' }, 'monat, monate, monaten')
define(
  'en',
  { type: 'compare', operator: '>' },
  'greater than, more than, over, above, larger than, higher than, bigger than, exceeds, exceeding, after, later than',
)
define('de', { type: 'compare', operator: '>' }, 'größer als, mehr als, über, höher als, oberhalb von, später als')
define(
  'en',
  { type: 'compare', operator: '<' },
  'less than, fewer than, under, below, lower than, smaller than, before, earlier than',
)
define(
  'de',
  { type: 'compare', operator: '<' },
  'kleiner als, weniger als, unter, niedriger als, unterhalb von, vor, vor dem, früher als',
)
define('en', { type: 'compare', operator: '>=' }, 'at least, greater than or equal to, no less than, since')
define('de', { type: 'compare', operator: '>=' }, 'mindestens, größer oder gleich, seit, seit dem, ab, ab dem')
define('en', { type: 'compare', operator: '<=' }, 'at most, less than or equal to, no more than, until, up to')
define('de', { type: 'compare', operator: '<=' }, 'höchstens, maximal, kleiner oder gleich, bis, bis zum')
define('en', { type: 'compare', operator: '=' }, 'equals, equal to, is equal to, exactly')
define('de', { type: 'compare', operator: '=' }, 'gleich, ist gleich, genau')
define('en', { type: 'compare', operator: 'contains' }, 'contains, contain, containing, including, includes')
define('de', { type: 'compare', operator: 'contains' }, 'enthält, enthalten, enthaltend, beinhaltet')
define('en', { type: 'compare', operator: 'starts' }, 'starts with, starting with, begins with, beginning with')
define('de', { type: 'compare', operator: 'starts' }, 'beginnt mit, beginnen mit, fängt an mit')
define('en', { type: 'between' }, 'between')
define('de', { type: 'between' }, 'zwischen')
define('en', { type: 'not' }, "not, isn't, aren't, other than, without, except")
define('de', { type: 'not' }, 'nicht, kein(e|en), außer, ohne')
define('en', { type: 'be' }, 'is, are, was, were')
define('de', { type: 'be' }, 'ist, sind, war, waren')
define('en', { type: 'and' }, 'and')
define('de', { type: 'and' }, 'und, sowie')
define(
  'en',
  { type: 'obstacle' },
  'or, why, how come, compare, difference, ratio, percentage, share, median, correlation, growth, trend, than, same, never, only',
)
define(
  'de',
  { type: 'obstacle' },
  'oder, warum, weshalb, vergleiche, unterschied, verhältnis, prozentsatz, anteil, median, wachstum, als, gleiche, nie, nur',
)
define(
  'en',
  { type: 'filler' },
  `what, what's, the, of, in, a, an, there, from, do, does, did, have, has, had, with, where, whose, that,
  all, table, row, rows, record, records, entry, entries, column, please, tell, me, show, give, list, our, we, us, value,
  values, to, for, on, at, can, you, be, been, whole, overall, find, get, their, having, data, calculate, compute, this`,
)
define(
  'de',
  { type: 'filler' },
  `was, wie, hoch, groß, die, der, das, den, dem, des, ein, eine, einen, einer, es, gibt, gab, mit, wo, deren,
  dessen, alle, aller, allen, tabelle, zeile, zeilen, eintrag, einträge, datensätze, spalte, bitte, zeige, zeig, mir, nenne,
  haben, hat, hatte, hatten, wurde, wurden, von, im, in, vom, am, für, beim, wert, werte, unsere, unserer, wir, uns, zu,
  liegt, lag, beträgt, betrug, berechne, auf`,
)

const byFirstWord = Map.groupBy(phrases, ({ words }) => words[0] ?? '')

export interface FoundPhrase {
  readonly meaning: Meaning
  readonly length: number
  readonly language: Phrase['language']
}

/** The longest known phrase at the beginning of some words (lower case). */
export function findPhrase(words: readonly string[]): FoundPhrase | undefined {
  let best: Phrase | undefined
  for (const phrase of byFirstWord.get(words[0] ?? '') ?? []) {
    if (phrase.words.length <= (best?.words.length ?? 0)) continue
    if (phrase.words.every((word, index) => words[index] === word)) best = phrase
  }
  return best === undefined ? undefined : { meaning: best.meaning, length: best.words.length, language: best.language }
}
