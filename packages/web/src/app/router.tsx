import type { Quory } from '@quory/sdk'
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { ConversationRoute } from './ConversationRoute.tsx'
import { BrokenPage, NotFoundPage } from './fallback-pages.tsx'
import { rememberedProject } from './remembered-project.ts'
import { Shell } from './Shell.tsx'

interface PageContext {
  readonly quory: Quory
  readonly queryClient: QueryClient
}

const root = createRootRouteWithContext<PageContext>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: BrokenPage,
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  /** `problem`: why a sign-in elsewhere led back here. */
  validateSearch: (search): { next?: string; problem?: string } => ({
    ...textIn(search, 'next'),
    ...textIn(search, 'problem'),
  }),
  component: lazyRouteComponent(() => import('../session/SignInPage.tsx'), 'SignInPage'),
})
const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  validateSearch: (search): { token?: string } => textIn(search, 'token'),
  /** Whoever has the token is let in: it goes where a reload finds it, but neither eyes nor the browser's history do. */
  beforeLoad: ({ search: { token } }) => {
    if (token !== undefined) throw redirect({ to: '/welcome', search: {}, state: { linkToken: token }, replace: true })
  },
  component: lazyRouteComponent(() => import('../session/WelcomePage.tsx'), 'WelcomePage'),
})

/** Everything that needs a signed-in user, within the sidebar and its frame. */
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell })
const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: async ({ context }) => {
    throw redirect({ to: '/p/$projectId', params: { projectId: await rememberedProject(context) }, replace: true })
  },
})
const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('../account/AccountPage.tsx'), 'AccountPage'),
})
const project = createRoute({ getParentRoute: () => shell, path: '/p/$projectId', component: Outlet })
const newChat = createRoute({ getParentRoute: () => project, path: '/', component: ConversationRoute })
const chat = createRoute({
  getParentRoute: () => project,
  path: '/c/$chatId',
  /** `m`: the message to show, for links and found messages. */
  validateSearch: (search): { m?: string } => textIn(search, 'm'),
  component: ConversationRoute,
})
const data = createRoute({
  getParentRoute: () => project,
  path: '/data',
  component: lazyRouteComponent(() => import('../data/DataPage.tsx'), 'DataPage'),
})
const settings = createRoute({
  getParentRoute: () => project,
  path: '/settings',
  component: lazyRouteComponent(() => import('../settings/SettingsPage.tsx'), 'SettingsPage'),
})
const kept = createRoute({
  getParentRoute: () => project,
  path: '/chats/$state',
  parseParams: ({ state }) => ({ state: state === 'trash' ? ('trash' as const) : ('archived' as const) }),
  component: lazyRouteComponent(() => import('../chats/KeptChatsPage.tsx'), 'KeptChatsPage'),
})

const tree = root.addChildren([
  signIn,
  welcome,
  shell.addChildren([home, account, project.addChildren([newChat, chat, data, settings, kept])]),
])

export function createPageRouter(context: PageContext) {
  return createRouter({ routeTree: tree, context, defaultPreload: 'intent', scrollRestoration: false })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPageRouter>
  }
  interface HistoryState {
    /** Of the sign-in link that led here. */
    linkToken?: string
  }
}

function textIn<K extends string>(search: Record<string, unknown>, name: K): { [P in K]?: string } {
  const value = search[name]
  return (typeof value === 'string' ? { [name]: value } : {}) as { [P in K]?: string }
}
