// Rows outside the window of a virtual list do not exist, so they are scrolled to by their number.
export function reveal(list, row, height) {
  if (!list || row < 0) return;
  const top = row * height;
  if (top < list.scrollTop || top + height > list.scrollTop + list.clientHeight)
    list.scrollTop = Math.max(0, top - list.clientHeight / 3);
}
