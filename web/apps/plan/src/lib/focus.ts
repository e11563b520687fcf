/** Arrow keys, Home and End move the focus among the like elements of a list. */
export function moveFocus(event: KeyboardEvent, list: HTMLElement, like: string): void {
  const all = [...list.querySelectorAll<HTMLElement>(like)];
  const at = all.indexOf(event.currentTarget as HTMLElement);
  const targets: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
  const target = targets[event.key];
  if (target === undefined) return;
  event.preventDefault();
  all[Math.max(0, Math.min(all.length - 1, target))]?.focus();
}
