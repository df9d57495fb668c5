import createClient, { type Client } from 'openapi-fetch'
import { QuoryRequestError } from './request-error.ts'
import type { paths } from './schema.ts'
import { type FormRequest, sendForm } from './send-form.ts'

/** Where a server is, and who speaks to it. */
export interface QuoryOptions {
  /** Where the server is, such as `http://127.0.0.1:3000`. In a page that the server itself gave: nothing. */
  readonly baseUrl?: string
  /** An API key or a token. Without one, the cookie of a signed-in browser speaks for its user. */
  readonly apiKey?: string
  /** Instead of the platform's own `fetch`. */
  readonly fetch?: typeof fetch
}

/** A server, as a program sees it. Make one with `createQuory`. */
export interface Quory {
  /**
   * Every route, typed by the server's own description: `await quory.api.GET('/v1/projects')` gives `{ data }`.
   * Whatever is not a success throws a `QuoryRequestError`.
   */
  readonly api: Client<paths, 'application/json'>
  /** A request to a path of the server with the same credentials, for what is no JSON: uploads, originals, streams. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** Posts a form, telling as it goes how much has left. The answer comes as it is, refusals included. */
  send(path: string, request: Omit<FormRequest, 'headers'>): Promise<Response>
}

/** Connects to a server. Sends nothing before it is asked for something. */
export function createQuory({ baseUrl = '', apiKey, fetch: send = globalThis.fetch }: QuoryOptions = {}): Quory {
  const base = baseUrl.replace(/\/+$/, '')
  async function checked(request: Request): Promise<Response> {
    const response = await send(request)
    if (!response.ok) throw await QuoryRequestError.from(response)
    return response
  }
  function withCredentials(headers: Headers): Headers {
    if (apiKey !== undefined) headers.set('authorization', `Bearer ${apiKey}`)
    return headers
  }
  const api = createClient<paths, 'application/json'>({ baseUrl: base, fetch: checked })
  api.use({
    onRequest({ request }) {
      withCredentials(request.headers)
    },
  })
  return {
    api,
    request: (path, init = {}) =>
      checked(new Request(absolute(base, path), { ...init, headers: withCredentials(new Headers(init.headers)) })),
    send: (path, request) =>
      sendForm(absolute(base, path), { ...request, headers: withCredentials(new Headers()) }, send),
  }
}

/** `Request` takes no relative address outside of a page. */
function absolute(base: string, path: string): string {
  const page = (globalThis as { readonly location?: { readonly href: string } }).location
  return base !== '' || page === undefined ? base + path : new URL(path, page.href).href
}
