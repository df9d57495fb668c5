import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProject } from './bench-client.ts'
import { type BenchSet, readBenchOptions, readBenchSet } from './bench-data.ts'
import { benchKey, startQuory } from './bench-process.ts'
import { createQuotingModel, plainKinds, quotingKinds, type Statement, type StatementKind } from './quoting-model.ts'

const atOnce = 4
const authorization = `Bearer ${benchKey}`

interface ShownCitation {
  readonly number: number
  readonly document_id: string
  readonly start: number
  readonly end: number
  readonly quote: string
}

/** What a client saw of one statement: its text as shown, and the citations that came with it. */
interface Shown {
  readonly text: string
  readonly citations: readonly ShownCitation[]
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { headers: { authorization } })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  // As the routes' schemas say.
  return (await response.json()) as T
}

/** One file a paragraph, named and headed by its article. */
async function uploadCorpus(url: string, path: string, corpus: BenchSet['corpus']): Promise<void> {
  for (let at = 0; at < corpus.length; at += 20) {
    const form = new FormData()
    for (const { _id, title, text } of corpus.slice(at, at + 20))
      form.append('files', new File([`# ${title}\n\n${text}\n`], `${_id}.md`))
    const response = await fetch(`${url}${path}/data-sources/upload`, {
      method: 'POST',
      headers: { authorization },
      body: form,
    })
    if (!response.ok) throw new Error(`The upload answered ${response.status}: ${await response.text()}`)
  }
  for (;;) {
    const listed = await getJson<{ data_sources: { status: string }[] }>(`${url}${path}/data-sources`)
    if (listed.data_sources.every(({ status }) => status === 'connected')) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** Asks and reads the answer's own stream, statement by statement: they are a blank line apart. */
async function ask(url: string, messages: string, question: string): Promise<Shown[]> {
  const response = await fetch(url + messages, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ content: question }),
  })
  const shown: { text: string; citations: ShownCitation[] }[] = [{ text: '', citations: [] }]
  for (const block of (await response.text()).split('\n\n')) {
    const name = /^event: (.*)$/m.exec(block)?.[1]
    const data = /^data: (.*)$/m.exec(block)?.[1]
    if (data === undefined) continue
    const value = JSON.parse(data)
    if (name === 'message_chunk') {
      for (const [index, part] of String(value.content_chunk)
        .split(/(?<=\n\n)/)
        .entries()) {
        if (index > 0) shown.push({ text: '', citations: [] })
        const current = shown.at(-1)
        if (current !== undefined) current.text += part
        if (current?.text.endsWith('\n\n') === true) shown.push({ text: '', citations: [] })
      }
    }
    if (name === 'citation') shown.at(-1)?.citations.push(value)
    if (name === 'message_complete' && value.status !== 'completed') throw new Error(JSON.stringify(value.error))
  }
  return shown.filter(({ text }) => text.trim() !== '')
}

const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

/** A right range lies within the true sentence and leaves out little of it. */
function isRightRange(quote: string, truth: string): boolean {
  const [own, all] = [words(quote).join(' '), words(truth).join(' ')]
  return all.includes(own) && own.length >= 0.75 * all.length
}

interface Tally {
  made: number
  shown: number
  right: number
}

const options = readBenchOptions()
const set = readBenchSet(join(options.data, options.set ?? 'xquad-en'))
const articles = new Map(
  [...Map.groupBy(set.corpus, ({ title }) => title)].map(([title, list]) => [title, list.map(({ text }) => text)]),
)
const { server, said } = createQuotingModel(articles)
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
const port = typeof address === 'object' ? address?.port : undefined
const dataDir = mkdtempSync(join(tmpdir(), 'quory-bench-'))
const tallies = new Map<StatementKind, Tally>()
const texts = new Map<string, Promise<string[]>>()
let citations = 0
let verbatim = 0
try {
  await using quory = await startQuory({
    QUORY_DATA_DIR: dataDir,
    OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
    OPENAI_API_KEY: 'none',
    QUORY_MODEL: 'openai/quoting',
  })
  const project = await createProject(quory.url)
  await uploadCorpus(quory.url, project.path, set.corpus)
  const readText = (id: string) => {
    const known = texts.get(id)
    if (known !== undefined) return known
    const read = getJson<{ text: string }>(`${quory.url}${project.path}/documents/${id}/text`)
    const characters = read.then(({ text }) => [...text])
    texts.set(id, characters)
    return characters
  }
  const waiting = set.queries.map(({ text }) => text)
  const work = async () => {
    for (let question = waiting.pop(); question !== undefined; question = waiting.pop()) {
      const chat = await project.post('/chats', { name: 'bench' })
      const shown = await ask(quory.url, `${project.path}/chats/${chat.id}/messages`, question)
      for (const [index, statement] of (said.get(question) ?? []).entries())
        await count(statement, shown[index], readText)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
} finally {
  server.close()
  server.closeAllConnections()
  rmSync(dataDir, { recursive: true, force: true })
}

async function count(
  { kind, truth }: Statement,
  shown: Shown | undefined,
  readText: (id: string) => Promise<readonly string[]>,
): Promise<void> {
  const tally = tallies.get(kind) ?? { made: 0, shown: 0, right: 0 }
  tallies.set(kind, tally)
  tally.made += 1
  if (shown === undefined || !/\[\d+\]/.test(shown.text)) return
  tally.shown += 1
  for (const { document_id, start, end, quote } of shown.citations) {
    citations += 1
    if ((await readText(document_id)).slice(start, end).join('') === quote) verbatim += 1
  }
  const isPlain = kind.startsWith('plain')
  if (
    truth !== null &&
    shown.citations.some(({ quote }) =>
      isPlain ? quote.includes(truth) || truth.includes(quote) : isRightRange(quote, truth),
    )
  )
    tally.right += 1
}

function report(title: string, kinds: readonly StatementKind[]): void {
  console.log(title)
  console.table(Object.fromEntries(kinds.map((kind) => [kind, tallies.get(kind) ?? { made: 0, shown: 0, right: 0 }])))
}

console.log(`${citations} citations shown, ${verbatim} verbatim at their offsets in the documents' text`)
for (const [title, kinds] of Object.entries(quotingKinds)) report(`quotations, ${title}`, kinds)
report('claims without quotation marks', plainKinds)
const wrong = quotingKinds.wrong.reduce((sum, kind) => sum + (tallies.get(kind)?.shown ?? 0), 0)
if (verbatim !== citations || wrong > 0) process.exitCode = 1
