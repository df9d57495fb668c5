/** Words that are numbers where a source writes them out; months too, because dates are written both ways. */
const numberWords: Readonly<Record<string, number>> = Object.fromEntries(
  [
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty',
    'null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig',
    'zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize',
    'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince',
    '- first second third fourth fifth sixth seventh eighth ninth tenth',
    '- january february march april may june july august september october november december',
    '- januar februar märz april mai juni juli august september oktober november dezember',
    '- janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
    '- enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
    '- jan feb mar apr may jun jul aug sep oct nov dec',
  ].flatMap((list) => list.split(' ').map((word, value) => [word, value] as const)),
)
const moreWords: Readonly<Record<string, number>> = {
  ein: 1,
  eine: 1,
  einen: 1,
  a: 1,
  an: 1,
  once: 1,
  twice: 2,
  half: 50,
  dozen: 12,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
  hundred: 100,
  hundert: 100,
  cent: 100,
  cien: 100,
  thousand: 1_000,
  tausend: 1_000,
}
const scales: readonly (readonly [RegExp, number])[] = [
  [/^\s*(?:thousand|tausend|mille|mil|k)(?![\p{L}\p{N}])/iu, 1e3],
  [/^\s*(?:millions?|millionen|mio|mn|m)(?![\p{L}\p{N}])/iu, 1e6],
  [/^\s*(?:billions?|milliarden?|milliards?|mrd|bn)(?![\p{L}\p{N}])/iu, 1e9],
]
const numeral = /\d+(?:[.,:/'’\u00A0\u202F -]\d+)*/g
/** "1. " and "2) " number a list, "#3" and "[4]" are no amounts either. */
const listNumber = /^\s*(?:[-*+>]\s+)*\d{1,3}[.)]\s+/gm

/** Ways to read one numeral: the numbers of at least one of them must be there. */
type Readings = readonly (readonly number[])[]

/**
 * Whether every number that a claim writes in digits stands in one of the sources, in whatever form: 1,000 and 1.000,
 * 4.50 and 4,5, eleven, 1.2 million, 25.11.2026 and 25 November 2026.
 */
export function holdsNumbers(claim: string, sources: readonly string[]): boolean {
  const wanted = readNumerals(claim.normalize('NFKC').replace(listNumber, ''))
  if (wanted.length === 0) return true
  const known = new Set(sources.flatMap((source) => numbersOf(source)))
  return wanted.every((readings) => readings.some((numbers) => numbers.every((number) => known.has(number))))
}

/** Every number of a text in every reading, and those that it spells. */
function numbersOf(source: string): number[] {
  const text = source.normalize('NFKC')
  const spelled = (text.toLowerCase().match(/\p{L}+(?:-\p{L}+)?/gu) ?? []).flatMap(spelledNumber)
  return [...readNumerals(text).flat(2), ...spelled]
}

function spelledNumber(word: string): number[] {
  const value = numberWords[word] ?? moreWords[word]
  if (value !== undefined) return [value]
  const parts = word.split('-').map((part) => numberWords[part] ?? moreWords[part])
  const [tens, ones] = parts
  return parts.length === 2 && tens !== undefined && ones !== undefined ? [tens + ones, tens, ones] : []
}

function readNumerals(text: string): Readings[] {
  return [...text.matchAll(numeral)].flatMap(({ index, 0: written }) => {
    const after = text.slice(index + written.length, index + written.length + 14)
    const scale = scales.find(([pattern]) => pattern.test(after))?.[1]
    const pieces = written.split(/[ \u00A0\u202F](?!\d{3}(?!\d))/)
    return pieces.map((piece, at) => readNumeral(piece, at === pieces.length - 1 ? scale : undefined))
  })
}

function readNumeral(written: string, scale: number | undefined): Readings {
  const groups = written.split(/\D/).map(Number)
  const separators = written.match(/\D/g) ?? []
  // 12.5 is not twelve; 25.11.2026 is three numbers.
  const isOne = separators.length === 1 && /[.,]/.test(separators[0] ?? '')
  const readings: number[][] = isOne ? [] : [groups]
  const whole = wholeNumber(written, separators)
  if (whole !== undefined) readings.push([whole])
  const decimal = decimalNumber(written, separators)
  if (decimal !== undefined) readings.push([decimal])
  if (scale === undefined) return readings
  const scaled = readings.filter((numbers) => numbers.length === 1).map(([number = 0]) => [round(number * scale)])
  return [...scaled, ...readings]
}

/** All of one kind of separator, three digits each: thousands. */
function wholeNumber(written: string, separators: readonly string[]): number | undefined {
  const isGrouped = separators.length > 0 && /^\d{1,3}(?:([.,'’\u00A0\u202F ])\d{3})(?:\1\d{3})*$/u.test(written)
  return isGrouped ? Number(written.replace(/\D/g, '')) : undefined
}

/** The last separator is a decimal point or comma, those before it are of another kind. */
function decimalNumber(written: string, separators: readonly string[]): number | undefined {
  const last = separators.at(-1)
  if (last !== '.' && last !== ',') return undefined
  if (separators.slice(0, -1).includes(last)) return undefined
  const at = written.lastIndexOf(last)
  return Number(`${written.slice(0, at).replace(/\D/g, '')}.${written.slice(at + 1)}`)
}

function round(value: number): number {
  return Number(value.toPrecision(12))
}
