export function SignInPage() {
  return <h1 className="p-12">SignInPage</h1>
}
