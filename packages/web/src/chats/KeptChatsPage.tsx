export function KeptChatsPage() {
  return <h1 className="p-12">KeptChatsPage</h1>
}
