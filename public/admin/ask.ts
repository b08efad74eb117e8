/** What the square answered: `status` 0 when it did not. */
export interface Answer<T> {
  readonly status: number;
  readonly value?: T;
  /** In words for whoever sits at the page; "" when all is well. */
  readonly problem: string;
}

/** Asks the page's own square. Never rejects. */
export async function ask<T>(path: string, how?: RequestInit): Promise<Answer<T>> {
  try {
    const answer = await fetch(path, how);
    const value: T & { readonly error?: string } = await answer.json();
    return answer.ok
      ? { status: answer.status, value, problem: '' }
      : { status: answer.status, problem: value.error ?? 'The square did not like that.' };
  } catch {
    return { status: 0, problem: 'The square does not answer.' };
  }
}

export function askWith<T>(path: string, body: object): Promise<Answer<T>> {
  return ask<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
