import { countTerms } from './extractive-question.ts'
import type { AnswerSources } from './generator.ts'

/** Stand for something named before. Those of one letter more than an article in their language are left out. */
const pronouns =
  /(?<![\p{L}\p{N}'’])(?:it|its|he|him|his|she|her|hers|they|them|their|theirs|er|ihn|ihm|ihnen|ihr|ihre[rnms]?|sein|seine[rnms]?|davon|dazu|darüber|darin|daran|damit|dort|il|elle|ils|elles|lui|leur|leurs|cela|ça|él|ella|ellos|ellas|su|sus|allí|lui|lei|loro|ele|ela|eles|elas)(?![\p{L}\p{N}'’])/iu
/** As a capital it is a form of address. */
const germanPronoun = /(?<![\p{L}\p{N}])sie(?![\p{L}\p{N}])/u
const pointing =
  /(?<![\p{L}\p{N}'’])(?:this|that|these|those|there|one|ones|former|latter|same|other|others|dies\p{L}*|jene\p{L}*|derselbe\p{L}*|ces?|cette|celui|celle|est[aeo]s?|es[aeo]s?|quest[aeio]|quell[aio])(?![\p{L}\p{N}'’])/iu
const continuing =
  /^\s*(?:and|but|or|also|so|then|what about|how about|und|aber|oder|et|mais|ou|y|pero|o|e|ma|mas)(?![\p{L}\p{N}])/iu
/** A question that is only a further condition: "In winter?", "For children?". */
const fragment =
  /^\s*(?:in|for|at|on|with|without|from|by|since|until|per|during|only|even|für|im|am|bei|mit|ohne|seit|pour|avec|sans|en|para|con|sin|per|senza)\s/iu
const askingForMore =
  /(?<!\p{L})(?:else|more|again|further|details?|example|examples|mehr|noch|genauer|plus|encore|más|altro)(?!\p{L})/iu
/** Their "it" and "there" stand for nothing. */
const empty =
  /(?<!\p{L})(?:(?:is|was|will|would|does|did|has) it (?:be )?(?:true|possible|necessary|allowed|required|important|safe|worth|rain|snow|raining|snowing|cost to|take to)|(?:is|are|was|were|will|do|does|did|can) there(?: be)?|it (?:is|was) (?:true|possible|necessary|allowed|required))(?!\p{L})/giu

/** At most so many earlier questions are gone back to when each leans on the one before. */
const maxSteps = 3

export interface EarlierTurns {
  /** What was asked before, oldest first. */
  readonly questions: readonly string[]
  /** The heading that the last answer quoted from. */
  readonly heading: string | null
}

/**
 * What a question that leans on earlier ones continues: the last question that stands by itself and those since, and what
 * the last answer was about. Empty for a question that stands by itself: anything added would only lead the search astray.
 */
export function carryOver(question: string, language: string, { questions, heading }: EarlierTurns): string {
  if (!leansOnEarlier(question, language)) return ''
  const carried: string[] = []
  for (const earlier of questions.slice(-maxSteps).reverse()) {
    carried.unshift(earlier)
    if (!leansOnEarlier(earlier, language)) break
  }
  return [...carried, ...(heading === null ? [] : [heading])].join(' ')
}

/** Too little to search for by itself: "who founded it?", "and the second one?", "why?". */
export function leansOnEarlier(question: string, language: string): boolean {
  const plain = question.replace(empty, ' ')
  const count = countTerms(plain, language)
  if (count === 0) return true
  const pronoun = pronouns.exec(plain) ?? (language === 'de' ? germanPronoun.exec(plain) : null)
  // Of "the company and its staff" the pronoun stands for what the question itself names.
  if (pronoun !== null && (count <= 2 || countTerms(plain.slice(0, pronoun.index), language) === 0)) return true
  if (pointing.test(plain) && count <= 2) return true
  if (continuing.test(plain) && count <= 3) return true
  return (fragment.test(plain) && count <= 2) || (askingForMore.test(plain) && count <= 1)
}

export async function readEarlier(sources: AnswerSources, maxTokens: number): Promise<EarlierTurns> {
  const [turns, heading] = await Promise.all([sources.readHistory({ maxTokens }), sources.readCitedHeading()])
  return { questions: turns.flatMap(({ role, content }) => (role === 'user' ? [content] : [])), heading }
}
