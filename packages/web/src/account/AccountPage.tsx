export function AccountPage() {
  return <h1 className="p-12">AccountPage</h1>
}
