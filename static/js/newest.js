// A page that is asked for again and again: the answer to an earlier question never comes after that to a later one.

/** A function that fetches the page at `url`; it answers null when there is none or it was asked again meanwhile. */
export function newest(url) {
  let asked = 0;
  return async () => {
    const mine = (asked += 1);
    const answer = await fetch(url).catch(() => null);
    if (!answer?.ok || answer.redirected) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return mine === asked ? page : null;
  };
}
