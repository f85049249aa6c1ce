/** A request as https://github.com/jaydenseric/graphql-multipart-request-spec has it, for one file. */
export function multipartForm(query: string, variables: object): FormData {
  let file: File | undefined;
  let path = '';
  const walk = (value: unknown, at: string): unknown => {
    if (value instanceof File) {
      [file, path] = [value, at];
      return null;
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, walk(inner, `${at}.${key}`)]),
    );
  };
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: walk(variables, 'variables') }));
  form.set('map', JSON.stringify({ file: [path] }));
  // After the two others, so that the server knows what it is for when it comes.
  if (file) form.set('file', file);
  return form;
}

/** Whether there is a file in what is sent as `variables`. */
export function hasFile(variables: unknown): boolean {
  if (variables instanceof File) return true;
  return typeof variables === 'object' && variables !== null && Object.values(variables).some(hasFile);
}
