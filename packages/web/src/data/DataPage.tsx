export function DataPage() {
  return <h1 className="p-12">DataPage</h1>
}
