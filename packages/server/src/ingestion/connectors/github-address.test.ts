import { expect, it } from 'vitest'
import { findRepositoryAddress } from './github-address.ts'

const app = { owner: 'octo', repository: 'app', branch: undefined, folder: undefined }

it.each([
  ['https://github.com/octo/app', app],
  ['https://github.com/octo/app/', app],
  ['https://github.com/octo/app.git', app],
  ['http://www.github.com/octo/app?tab=readme-ov-file#readme', app],
  ['github.com/octo/app', app],
  ['HTTPS://GitHub.com/octo/app', app],
  ['https://github.com/octo/app/tree/next', { ...app, branch: 'next' }],
  ['https://github.com/octo/app/tree/fix%2Flogin/', { ...app, branch: 'fix/login' }],
  ['https://github.com/octo/app/tree/50%', { ...app, branch: '50%' }],
  ['https://github.com/octo/app/tree/main/docs', { ...app, branch: 'main', folder: 'docs' }],
  [
    'https://github.com/octo/app/tree/fix%2Flogin/src/a%20b/[id]/',
    { ...app, branch: 'fix/login', folder: 'src/a b/[id]' },
  ],
  ['https://github.com/octo_corp/a.b-c_d', { ...app, owner: 'octo_corp', repository: 'a.b-c_d' }],
])('the address of a repository: %s', (address, found) => {
  expect(findRepositoryAddress(address)).toEqual(found)
})

it.each([
  'https://github.com/',
  'https://github.com/octo',
  'https://github.com/octo/app/issues',
  'https://github.com/octo/app/issues/1',
  'https://github.com/octo/app/blob/main/README.md',
  'https://github.com/octo/app/tree',
  'https://github.com/octo/app/tree/main/docs,old',
  'https://github.com/octo/app/tree/main/docs%0Aold',
  'https://github.com/features/actions',
  'https://github.com/orgs/octo',
  'https://github.com/octo/.git',
  'https://github.com/octo/a%20b',
  'https://github.com:8443/octo/app',
  'https://mona:secret@github.com/octo/app',
  'https://gist.github.com/octo/app',
  'https://github.com.example.com/octo/app',
  'https://example.com/?https://github.com/octo/app',
  'ftp://github.com/octo/app',
  'https://',
  '',
])('a page like any other: %s', (address) => {
  expect(findRepositoryAddress(address)).toBeUndefined()
})
