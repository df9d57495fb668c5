import { z } from 'zod'
import {
  addresses,
  allowedHosts,
  count,
  databaseUrl,
  endpoints,
  longSecret,
  port,
  prices,
  secret,
  secretList,
  webOrigin,
} from './config-values.ts'

/** Every variable Quory reads, with what it means; `quory config` and the README's table print these lines. */
export const settings = {
  HOST: [z.string().min(1).default('127.0.0.1'), 'Address to listen on'],
  PORT: [port.default(3000), 'Port to listen on; 0 takes a free one'],
  QUORY_DATA_DIR: [z.string().min(1).default('.quory'), 'Folder for the SQLite file, uploads and the first key'],
  DATABASE_URL: [
    databaseUrl.optional(),
    'postgres://… to keep everything in PostgreSQL 15 or later; unset: SQLite in the data folder',
  ],
  DATABASE_LISTEN_URL: [
    databaseUrl.optional(),
    'The same database without the pooler in front of it, for wake-ups between nodes; unset: DATABASE_URL',
  ],
  QUORY_API_KEY: [secret.optional(), "The first administrator's key; unset: one is made at the first start"],
  QUORY_JWT_SECRET: [secret.optional(), 'Accept HS256 tokens signed with this secret'],
  QUORY_JWKS_URL: [z.url().optional(), 'Accept RS256 and ES256 tokens signed by a key of this set'],
  QUORY_JWT_ISSUER: [z.string().min(1).optional(), 'Refuse tokens whose `iss` is another'],
  QUORY_JWT_AUDIENCE: [
    z.string().min(1).optional(),
    'Refuse tokens whose `aud` has not this; needed when the key set signs for others too',
  ],
  QUORY_URL: [
    webOrigin.optional(),
    'Where people reach the server, such as https://quory.example.org: for links, and cookies that only HTTPS carries; unset: as each request says',
  ],
  QUORY_TRUSTED_PROXIES: [
    addresses.optional(),
    'Addresses and ranges of reverse proxies, with commas between, whose X-Forwarded headers are believed; unset: none',
  ],
  QUORY_OIDC_ISSUER: [z.url().optional(), 'Let people sign in with this OpenID Connect provider, beside passwords'],
  QUORY_OIDC_CLIENT_ID: [z.string().min(1).optional(), "This server's name at that provider"],
  QUORY_OIDC_CLIENT_SECRET: [secret.optional(), "This server's secret at that provider"],
  QUORY_OIDC_NAME: [z.string().min(1).default('OpenID'), 'What the provider is called on the page'],
  OPENAI_API_KEY: [secret.optional(), "OpenAI's key, or that of the server at OPENAI_BASE_URL"],
  OPENAI_BASE_URL: [
    z.url().optional(),
    'An OpenAI-compatible server, called at /chat/completions; unset: OpenAI itself',
  ],
  ANTHROPIC_API_KEY: [secret.optional(), "Anthropic's key"],
  ANTHROPIC_BASE_URL: [z.url().optional(), "Where Anthropic's API is; unset: Anthropic itself"],
  GOOGLE_GENERATIVE_AI_API_KEY: [secret.optional(), "Google's key for Gemini models"],
  OLLAMA_BASE_URL: [z.url().optional(), 'An Ollama server, such as http://127.0.0.1:11434'],
  QUORY_MODEL_ENDPOINTS: [
    endpoints.optional(),
    'More OpenAI-compatible servers: a JSON list of {name, base_url, api_key?}',
  ],
  QUORY_MODEL: [
    z.string().min(1).optional(),
    'Model that answers when a request names none; unset: the first one found',
  ],
  QUORY_MODEL_TIMEOUT_SECONDS: [count(1).default(120), 'How long to wait for a model that sends nothing'],
  QUORY_MODEL_PRICES: [
    prices.optional(),
    'What models cost per million tokens, as JSON: {"openai/gpt-5": {"input": 1.25, "output": 10, "currency": "USD"}}; unset: answers show no cost',
  ],
  QUORY_EMBEDDING_MODEL: [
    z.string().min(1).optional(),
    'Model that turns passages and questions into vectors, as provider/name, or local:FOLDER of an ONNX model; unset: words alone',
  ],
  QUORY_EMBEDDING_BASE_URL: [
    z.url().optional(),
    'OpenAI-compatible server of that model, called at /embeddings; unset: the provider of the name',
  ],
  QUORY_EMBEDDING_API_KEY: [secret.optional(), 'Key for QUORY_EMBEDDING_BASE_URL'],
  QUORY_EMBEDDING_TOKENS_PER_MINUTE: [
    count(1).optional(),
    'Most that one node sends to be embedded, in tokens of about four characters; unset: as fast as the endpoint takes it',
  ],
  QUORY_VECTOR_WEIGHT: [
    z.coerce.number().min(0).max(1).default(0.2),
    'How much likeness by vectors counts against words, 0 to 1',
  ],
  QUORY_TEXTSEARCH_FROM: [
    z.union([z.literal('off'), count(0)]).default(200_000),
    'Passages from which on a project is searched by the extension pg_textsearch, where PostgreSQL has it: 0: every project, off: none',
  ],
  QUORY_RERANK_URL: [
    z.url().optional(),
    'Reranker of the Cohere or Jina shape, with its path, such as http://127.0.0.1:8080/rerank',
  ],
  QUORY_RERANK_MODEL: [z.string().min(1).optional(), 'Model that the reranker is asked for'],
  QUORY_RERANK_API_KEY: [secret.optional(), "The reranker's key"],
  QUORY_CONCURRENT_ANSWERS: [count(1).default(256), 'Answers that one node generates at the same time'],
  QUORY_CONCURRENT_ANSWERS_PER_USER: [
    count(1).default(128),
    'Answers of one user that all nodes together generate at the same time; more wait their turn',
  ],
  QUORY_DAILY_QUESTIONS: [
    count(1).optional(),
    "Questions a user may ask per UTC day through Quivr's API; unset: no limit",
  ],
  QUORY_TRASH_DAYS: [count(0).default(30), 'Days until a chat in the trash is deleted for good'],
  QUORY_SECRET: [
    longSecret.optional(),
    'Encrypts the passwords of data sources; the same on every node, needed with PostgreSQL. Unset: a key in the data folder',
  ],
  QUORY_SECRET_PREVIOUS: [
    secretList.optional(),
    'Earlier values of QUORY_SECRET, separated by commas: what they encrypted is encrypted anew at the start',
  ],
  QUORY_MAX_UPLOAD_MB: [count(1).default(100), 'Largest file accepted, in MB'],
  QUORY_PARSE_TIMEOUT_SECONDS: [count(1).default(300), 'How long one file may take to parse'],
  QUORY_EGRESS_ALLOW: [
    allowedHosts.optional(),
    'Hosts (`wiki.intranet`, `10.0.0.5:9000`) and ranges (`10.1.0.0/16`) that sources may reach although they are not public, with commas between; unset: none',
  ],
  QUORY_LOG_LEVEL: [
    z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('warn'),
    'How much is logged to standard error',
  ],
} as const

type Settings = typeof settings
/** The same as a schema of the whole environment. */
export const environment = z.object(
  Object.fromEntries(Object.entries(settings).map(([name, [schema]]) => [name, schema])) as {
    // fromEntries forgets which name goes with which schema.
    [Name in keyof Settings]: Settings[Name][0]
  },
)
