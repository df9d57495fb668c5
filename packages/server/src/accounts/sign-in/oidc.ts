import type * as Client from 'openid-client'
import type { OidcConfig } from '../../config.ts'
import type { ProviderIdentity } from './better-auth.ts'

const timeoutSeconds = 10

/** What the browser keeps between leaving for the provider and coming back. */
export interface OidcAttempt {
  readonly state: string
  readonly verifier: string
  readonly nonce: string
}

export interface Oidc {
  begin(redirectUri: string): Promise<{ readonly url: string; readonly attempt: OidcAttempt }>
  /** Who came back; throws when the provider, the state or a signature does not fit. */
  finish(currentUrl: URL, attempt: OidcAttempt): Promise<ProviderIdentity>
}

interface Provider {
  readonly client: typeof Client
  readonly configuration: Client.Configuration
}

/** Authorization code with PKCE. The provider is asked about itself by the first who signs in with it. */
export function createOidc({ issuer, clientId, clientSecret }: OidcConfig): Oidc {
  let discovering: Promise<Provider> | undefined

  async function discover(): Promise<Provider> {
    const client = await import('openid-client')
    // The operator wrote the address: within one machine or network it may be plain HTTP.
    const execute = issuer.startsWith('http:') ? [client.allowInsecureRequests] : []
    const options = { timeout: timeoutSeconds, execute }
    const configuration = await client.discovery(new URL(issuer), clientId, clientSecret.reveal(), undefined, options)
    return { client, configuration }
  }

  function provider(): Promise<Provider> {
    discovering ??= discover().catch((error: unknown) => {
      discovering = undefined
      throw error
    })
    return discovering
  }

  return {
    async begin(redirectUri) {
      const { client, configuration } = await provider()
      const attempt = {
        state: client.randomState(),
        verifier: client.randomPKCECodeVerifier(),
        nonce: client.randomNonce(),
      }
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, attempt }
    },
    async finish(currentUrl, { state, verifier, nonce }) {
      const { client, configuration } = await provider()
      const tokens = await client.authorizationCodeGrant(configuration, currentUrl, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new Error('The provider gave no identity')
      const hasMail =
        typeof claims['email'] === 'string' || configuration.serverMetadata().userinfo_endpoint === undefined
      const person: Readonly<Record<string, unknown>> = hasMail
        ? claims
        : await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)
      const { email, email_verified: isVerified, name } = person
      return {
        provider: `oidc:${configuration.serverMetadata().issuer}`,
        subject: claims.sub,
        email: typeof email === 'string' ? email : '',
        isEmailVerified: isVerified === true,
        name: typeof name === 'string' ? name : '',
      }
    },
  }
}
