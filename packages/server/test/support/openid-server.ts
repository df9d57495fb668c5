import { OAuth2Server } from 'oauth2-mock-server'

interface OpenidServer {
  /** What the server under test is set up with. */
  readonly settings: Readonly<Record<string, string>>
  /** What the provider says of whoever comes by from now on. */
  says(claims: Readonly<Record<string, unknown>>): void
  /** It sends whoever comes by back with this error; undefined lets them in again. */
  refuses(error: string | undefined): void
  [Symbol.asyncDispose](): Promise<void>
}

/** A local provider that speaks OpenID Connect, and asks nobody for a password. */
export async function startOpenidServer(): Promise<OpenidServer> {
  const provider = new OAuth2Server()
  await provider.issuer.keys.generate('RS256')
  await provider.start(0, '127.0.0.1')
  let claims: Readonly<Record<string, unknown>> = {}
  let refusal: string | undefined
  provider.service.on('beforeTokenSigning', (token) => Object.assign(token.payload, claims))
  provider.service.on('beforeAuthorizeRedirect', ({ url }: { readonly url: URL }) => {
    if (refusal === undefined) return
    url.searchParams.delete('code')
    url.searchParams.set('error', refusal)
  })
  return {
    settings: {
      QUORY_OIDC_ISSUER: provider.issuer.url ?? '',
      QUORY_OIDC_CLIENT_ID: 'quory',
      QUORY_OIDC_CLIENT_SECRET: 'for tests',
      QUORY_OIDC_NAME: 'Example Inc.',
    },
    says: (next) => {
      claims = next
    },
    refuses: (error) => {
      refusal = error
    },
    [Symbol.asyncDispose]: () => provider.stop(),
  }
}
