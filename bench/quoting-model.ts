import { createServer, type Server, type ServerResponse } from 'node:http'
import { seededRandom } from './bench-data.ts'

/** What an answer says of one passage, and what a checked citation of it should be. */
export interface Statement {
  readonly kind: StatementKind
  /** The piece of the passage that a right citation is about; null when none can be right. */
  readonly truth: string | null
  /** As it stands in the answer, marker included. */
  readonly text: string
}

export const quotingKinds = {
  right: ['verbatim', 'block quote'],
  'half-right': [
    'word dropped',
    'word added',
    'word changed',
    'other case',
    'other marks and spaces',
    'ellipsis',
    'emphasis',
  ],
  wrong: ['invented', 'of another passage', 'other number', 'a "not" too much', 'other name'],
} as const
export const plainKinds = ['plain, right', 'plain, of another article', 'plain, of the same article'] as const
export type StatementKind = (typeof quotingKinds)[keyof typeof quotingKinds][number] | (typeof plainKinds)[number]

/** What the model may make things up from: paragraphs by article. */
export type Articles = ReadonlyMap<string, readonly string[]>

interface Passage {
  readonly number: number
  readonly title: string
  readonly sentences: readonly string[]
  readonly text: string
}

const kinds: readonly StatementKind[] = [...Object.values(quotingKinds).flat(), ...plainKinds]
const perAnswer = 6

/** An OpenAI-compatible model that searches once and then quotes what it was shown: rightly, nearly and wrongly. */
export function createQuotingModel(articles: Articles): {
  server: Server
  said: ReadonlyMap<string, readonly Statement[]>
} {
  const said = new Map<string, readonly Statement[]>()
  let asked = 0
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      if (request.method === 'GET') return void sendJson(response, { data: [{ id: 'quoting', object: 'model' }] })
      const { messages } = JSON.parse(body) as { messages: { role: string; content: string | null }[] }
      const question = messages.findLast(({ role }) => role === 'user')?.content ?? ''
      const last = messages.at(-1)
      if (last?.role !== 'tool') return sendCall(response, question)
      const statements = makeStatements(readPassages(last.content ?? ''), articles, seededRandom(++asked), asked)
      said.set(question, statements)
      sendText(response, statements.map(({ text }) => text).join('\n\n') || 'Nothing to say of it.')
    })
  })
  return { server, said }
}

/** `[1] name, heading` and below it the text, as tools show passages. */
function readPassages(content: string): Passage[] {
  const heads = [...content.matchAll(/^\[(\d+)\] (.*)$/gm)]
  return heads.map((head, index) => {
    const text = content.slice(head.index + head[0].length + 1, heads[index + 1]?.index).trim()
    return { number: Number(head[1]), title: head[2] ?? '', sentences: sentencesOf(text), text }
  })
}

export function sentencesOf(text: string): string[] {
  const sentences = text.replace(/^# .*$/gm, '').split(/(?<=[a-z)\d][.!?])\s+(?=[A-Z])|\n+/)
  return sentences.map((one) => one.trim()).filter((one) => one.split(/\s+/).length >= 9 && !/["“”…[\]*_]/.test(one))
}

function makeStatements(
  passages: readonly Passage[],
  articles: Articles,
  random: () => number,
  turn: number,
): Statement[] {
  const statements: Statement[] = []
  const used = new Set<string>()
  for (let i = 0; i < perAnswer; i++) {
    const kind = kinds[(turn * perAnswer + i) % kinds.length]
    const passage = passages[Math.floor(random() * passages.length)]
    const free = passage?.sentences.filter((one) => !used.has(one)) ?? []
    const sentence = free[Math.floor(random() * free.length)]
    if (kind === undefined || passage === undefined || sentence === undefined) continue
    used.add(sentence)
    const made = makers[kind]({ sentence, passage, passages, articles, random })
    if (made !== undefined) statements.push({ kind, ...made })
  }
  return statements
}

interface Making {
  readonly sentence: string
  readonly passage: Passage
  readonly passages: readonly Passage[]
  readonly articles: Articles
  readonly random: () => number
}
type Maker = (making: Making) => Omit<Statement, 'kind'> | undefined

const quoted = (words: string, number: number) => `It is said: “${words}” [${number}].`
/** A change that leaves what the sentence says, so that a citation of the sentence is right. */
const changed =
  (change: (words: string[], random: () => number) => string[] | undefined): Maker =>
  ({ sentence, passage, random }) => {
    const words = change(sentence.split(/\s+/), random)
    return words === undefined ? undefined : { truth: sentence, text: quoted(words.join(' '), passage.number) }
  }
const falsified =
  (change: (making: Making) => string | undefined): Maker =>
  (making) => {
    const words = change(making)
    return words === undefined ? undefined : { truth: null, text: quoted(words, making.passage.number) }
  }
const isPlain = (word: string | undefined) =>
  word !== undefined && /^[a-z]{4,}$/.test(word) && word !== 'never' && word !== 'neither'
/** A place of a word that is no name, no number and not the first or last. */
const placeOfPlain = (words: readonly string[], random: () => number) => {
  const places = words
    .map((_, place) => place)
    .filter((place) => place > 0 && place < words.length - 1 && isPlain(words[place]))
  return places[Math.floor(random() * places.length)]
}

const makers: Readonly<Record<StatementKind, Maker>> = {
  verbatim: ({ sentence, passage }) => ({ truth: sentence, text: quoted(sentence, passage.number) }),
  'block quote': ({ sentence, passage }) => ({ truth: sentence, text: `> ${sentence} [${passage.number}]` }),
  'word dropped': changed((words, random) => {
    const place = placeOfPlain(words, random)
    return place === undefined ? undefined : words.toSpliced(place, 1)
  }),
  'word added': changed((words, random) => {
    const place = placeOfPlain(words, random)
    return place === undefined ? undefined : words.toSpliced(place, 0, 'indeed')
  }),
  'word changed': changed((words, random) => {
    const place = placeOfPlain(words, random)
    return place === undefined ? undefined : words.with(place, 'somewhat')
  }),
  'other case': changed((words) => words.map((word) => word.toUpperCase())),
  'other marks and spaces': changed((words) =>
    words.map(
      (word, place) =>
        `${word.replace(/['’]/g, (mark) => (mark === "'" ? '’' : "'")).replace(/[-–]/g, ' — ')}${place % 4 === 0 ? '  ' : ''}`,
    ),
  ),
  ellipsis: changed((words) => (words.length < 14 ? undefined : [...words.slice(0, 5), '…', ...words.slice(-5)])),
  emphasis: changed((words) => words.map((word, place) => (place === 2 ? `**${word}**` : word))),
  invented: ({ articles, passages, passage, random }) => {
    const sentence = sentenceElsewhere(articles, passages, random, () => true)
    return sentence === undefined ? undefined : { truth: null, text: quoted(sentence, passage.number) }
  },
  'of another passage': ({ sentence, passage, passages }) => {
    const other = passages.find(({ number, text }) => number !== passage.number && !text.includes(sentence))
    return other === undefined ? undefined : { truth: null, text: quoted(sentence, other.number) }
  },
  'other number': falsified(({ sentence }) => {
    const number = /\d+/.exec(sentence)?.[0]
    return number === undefined ? undefined : sentence.replace(number, String(Number(number) * 7 + 13))
  }),
  'a "not" too much': falsified(({ sentence }) =>
    / (?:is|was|were|are|had|has) /.test(sentence)
      ? sentence.replace(/ (is|was|were|are|had|has) /, ' $1 not ')
      : undefined,
  ),
  'other name': falsified(({ sentence }) => {
    const name = /(?<=[a-z,] )[A-Z][a-z]{3,}/.exec(sentence)?.[0]
    return name === undefined ? undefined : sentence.replace(name, 'Quarrington')
  }),
  'plain, right': ({ sentence, passage, random }) => {
    const words = sentence.replace(/[.!?]$/, '').split(/\s+/)
    const kept = words.filter((_, place) => place === 0 || random() > 0.25)
    return { truth: sentence, text: `${kept.join(' ')} [${passage.number}].` }
  },
  'plain, of another article': ({ articles, passages, passage, random }) => {
    const sentence = sentenceElsewhere(articles, passages, random, (title) => !passage.title.includes(title))
    return sentence === undefined
      ? undefined
      : { truth: null, text: `${sentence.replace(/[.!?]$/, '')} [${passage.number}].` }
  },
  'plain, of the same article': ({ articles, passages, passage, random }) => {
    const sentence = sentenceElsewhere(articles, passages, random, (title) => passage.title.includes(title))
    return sentence === undefined
      ? undefined
      : { truth: null, text: `${sentence.replace(/[.!?]$/, '')} [${passage.number}].` }
  },
}

/** A sentence that no shown passage has. */
function sentenceElsewhere(
  articles: Articles,
  passages: readonly Passage[],
  random: () => number,
  isWanted: (title: string) => boolean,
): string | undefined {
  const titles = [...articles.keys()].filter(isWanted)
  const paragraphs = articles.get(titles[Math.floor(random() * titles.length)] ?? '') ?? []
  const sentences = paragraphs.flatMap(sentencesOf)
  const unseen = sentences.filter((one) => passages.every(({ text }) => !text.includes(one)))
  return unseen[Math.floor(random() * unseen.length)]
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
}

function sendCall(response: ServerResponse, question: string): void {
  const call = { name: 'get_context', arguments: JSON.stringify({ query: question }) }
  sendStream(response, [{ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: call }] }], 'tool_calls')
}

/** In pieces that cut through words, quotation marks and markers. */
function sendText(response: ServerResponse, text: string): void {
  sendStream(
    response,
    (text.match(/[\s\S]{1,7}/gu) ?? []).map((content) => ({ content })),
    'stop',
  )
}

function sendStream(response: ServerResponse, deltas: readonly object[], finish: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const head = { id: 'c', object: 'chat.completion.chunk', created: 0, model: 'quoting' }
  const write = (delta: object, reason: string | null) =>
    response.write(`data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`)
  for (const delta of deltas) write(delta, null)
  write({}, finish)
  response.end('data: [DONE]\n\n')
}
