export function Lenet() {
  return <section class="panel" />;
}
