export function Photographs() {
  return <section class="panel" />;
}
