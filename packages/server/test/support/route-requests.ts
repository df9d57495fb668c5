import { type IdName, idNames, type RequestShape, type RouteCase, routeCases } from './route-cases.ts'

export type Ids = Readonly<Record<IdName, string>>

/** Nothing a test asks for takes longer; a request that does is a hang. */
const requestTimeoutMs = 15_000

/** One request of the table, still with `:names` in it. */
export interface TableRequest {
  readonly name: string
  readonly method: string
  readonly url: string
  readonly shape: RequestShape
  readonly route: RouteCase
}

export function tableRequests(): TableRequest[] {
  return Object.entries(routeCases).flatMap(([name, route]) => {
    const [method = '', url = ''] = name.split(' ')
    return [route, ...(route.also ?? [])].map((shape) => ({
      name: shape === route ? name : `${name} ${shape.query ?? ''} ${JSON.stringify(shape.body ?? '')}`,
      method,
      url,
      shape,
      route,
    }))
  })
}

const placeholder = new RegExp(`:(${idNames.join('|')})\\b`, 'g')

function fill(text: string, ids: Ids, write: (value: string) => string): string {
  // Only names of the list match.
  return text.replace(placeholder, (_, name) => write(ids[name as IdName]))
}

/** The ids a request holds, in the order of path, query and body. */
export function idsIn({ url, shape }: TableRequest): IdName[] {
  const text = `${url} ${shape.query ?? ''} ${JSON.stringify(shape.body ?? '')}`
  // Only names of the list match.
  return [...new Set([...text.matchAll(placeholder)].map(([, name]) => name as IdName))]
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

interface SendOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

let files = 0

function bodyOf({ url, shape }: TableRequest, ids: Ids, file: number): string | FormData | undefined {
  if (shape.form === undefined) {
    return shape.body === undefined ? undefined : fill(JSON.stringify(shape.body), ids, (id) => id)
  }
  const form = new FormData()
  const fileName = url.endsWith('csv-upload') ? 'prices.csv' : 'notes.txt'
  for (const [field, value] of Object.entries(shape.form)) {
    if (value === 'file') form.append(field, new File([`item,price\nbell ${file},4170\n`], fileName))
    else form.append(field, value)
  }
  return form
}

/** A request of the table, filled with these ids. Files differ from all before, unless their number is given. */
export function fillRequest(request: TableRequest, ids: Ids, file: number = ++files) {
  const query = request.shape.query === undefined ? '' : `?${fill(request.shape.query, ids, encodeURIComponent)}`
  const parts = Object.entries(request.shape.parts ?? {})
  const url = parts.reduce((path, [name, value]) => path.replace(name, value), request.url)
  return { path: fill(url, ids, encodeURIComponent) + query, body: bodyOf(request, ids, file) }
}

/** Sends one request of the table, filled with these ids. */
export async function send(
  url: string,
  key: string | undefined,
  request: TableRequest,
  ids: Ids,
  { method = request.method, headers = {} }: SendOptions = {},
): Promise<Answer> {
  const { path, body } = fillRequest(request, ids)
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(requestTimeoutMs),
  })
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    text: await response.text(),
  }
}

/** An answer without what differs between any two: the request's id, and the ids that were asked for. */
export function withoutIds({ status, type, text }: Answer, ids: Ids): Answer {
  let plain = text.replace(/"request_id":"[^"]*"/, '"request_id":"…"')
  for (const name of idNames) plain = plain.replaceAll(ids[name], `<${name}>`)
  return { status, type, text: plain }
}
