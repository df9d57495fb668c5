const german: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' }
const maxLength = 50
/** Words that SQL reads as its own where a name could stand; a short list is enough, since one underscore too many harms nobody. */
const reserved = new Set(
  `all analyse analyze and anti any array as asc asof between both by case cast check collate column columns constraint
  create cross current_date current_time current_timestamp default deferrable desc describe distinct do else end except
  exists false fetch filter for foreign from full glob grant group having ilike in initially inner intersect into is isnull
  join lambda lateral leading left like limit map natural not notnull null offset on only or order outer overlaps pivot
  placing positional primary qualify references returning right row rows select semi show similar some struct summarize
  symmetric table tablesample then to trailing true try_cast union unique unpivot using values variadic verbose when where
  window with`.split(/\s+/),
)

/** Any words as an identifier that SQL takes without quotes: lower case letters and digits of any script, and `_`. */
export function toIdentifier(words: string, fallback: string): string {
  const plain = words
    .normalize('NFC')
    .toLowerCase()
    .replace(/[äöüß]/g, (letter) => german[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
  const name = [...plain].slice(0, maxLength).join('').replace(/_+$/, '')
  if (name === '') return fallback
  if (/^\p{N}/u.test(name)) return `${fallback}_${name}`
  return reserved.has(name) ? `${name}_` : name
}

/** The name itself, or with the first number that makes it one of its kind. */
export function uniqueName(name: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(name)) return name
  for (let number = 2; ; number++) {
    const numbered = `${name}_${number}`
    if (!isTaken(numbered)) return numbered
  }
}

/** Column names as identifiers, each once; what has no name is called by its place. */
export function columnNames(labels: readonly string[]): string[] {
  const taken = new Set<string>()
  return labels.map((label, index) => {
    const name = uniqueName(toIdentifier(label, `column_${index + 1}`), (one) => taken.has(one))
    taken.add(name)
    return name
  })
}
