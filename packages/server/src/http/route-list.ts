interface ListedRoute {
  readonly method: string
  readonly url: string
  readonly isPublic: boolean
  /** A file of the page or of the documentation: no part of the API. */
  readonly isHidden: boolean
}

export type RouteList = ListedRoute[]

/** The methods that some route takes on this path; empty when the path is unknown. */
export function allowedMethods(routes: RouteList, path: string): string[] {
  const normal = path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')
  const methods = routes.filter((route) => patternOf(route.url).test(normal)).map((route) => route.method)
  return [...new Set(methods)].filter((method) => method !== 'OPTIONS').sort()
}

function patternOf(url: string): RegExp {
  const parts = url
    .replace(/(?<=.)\/$/, '')
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
  return new RegExp(`^${parts.join('/')}$`)
}
