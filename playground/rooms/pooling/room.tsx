export function Pooling() {
  return <section class="panel" />;
}
